package tunneldoctor.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Opening;
import tunneldoctor.model.PortSet;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Tunnel;
import tunneldoctor.model.TunnelKind;

/**
 * A diagnosis as JSON. The names and their order are a contract: keys may be added behind those of an object, none is ever
 * renamed or left out.
 *
 * <p>A text or number that is not known is {@code null}, a list without entries is empty. {@code line} is 0 where a whole
 * document is meant, as in {@link SourceRef#line()}.
 */
public final class JsonReport extends JsonPage {
    private JsonReport(JsonGenerator json) {
        super(json);
    }

    /** The object over several lines, with a line break behind it. */
    public static String render(Diagnosis diagnosis) {
        return page(json -> new JsonReport(json).diagnosis(diagnosis));
    }

    /** The object on one line, with a line break behind it. */
    public static String renderLine(Diagnosis diagnosis) {
        return line(json -> new JsonReport(json).diagnosis(diagnosis));
    }

    private void diagnosis(Diagnosis diagnosis) throws IOException {
        json.writeStartObject();
        text("file", diagnosis.file());
        text("apiVersion", diagnosis.apiVersion());
        text("scene", diagnosis.scene().orElse(""));
        json.writeFieldName("cluster");
        cluster(diagnosis.cluster());
        json.writeFieldName("tunnel");
        tunnel(diagnosis.tunnel());
        list("diagnoses", diagnosis.diagnoses(), this::diagnosed);
        list("ruledOut", diagnosis.ruledOut(), this::ruledOut);
        list("notApplicable", diagnosis.notApplicable(), this::notApplicable);
        list("cannotTell", diagnosis.cannotTell(), this::cannotTell);
        list("problems", diagnosis.problems(), this::problem);
        list("plan", diagnosis.plan().steps(), this::step);
        json.writeFieldName("planRestores");
        planRestores(diagnosis.plan());
        json.writeFieldName("next");
        next(diagnosis.next());
        list("known", diagnosis.known(), this::known);
        json.writeEndObject();
    }

    private void step(Diagnosis.Step step) throws IOException {
        json.writeStartObject();
        text("cause", step.cause());
        text("solution", step.solution());
        text("summary", step.summary());
        texts("commands", step.commands());
        texts("undo", step.undo());
        json.writeNumberField("alone", step.alone());
        json.writeNumberField("together", step.together());
        texts("instead", step.instead());
        json.writeEndObject();
    }

    private void planRestores(Diagnosis.Plan plan) throws IOException {
        json.writeStartObject();
        json.writeNumberField("nodes", plan.restored());
        json.writeNumberField("of", plan.broken());
        text("rest", plan.rest());
        json.writeEndObject();
    }

    private void next(Optional<Diagnosis.NextEvidence> next) throws IOException {
        if (next.isEmpty()) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        text("command", next.get().command());
        texts("settles", next.get().settles());
        json.writeEndObject();
    }

    private void known(Diagnosis.Known known) throws IOException {
        json.writeStartObject();
        text("cause", known.cause());
        text("title", known.title());
        text("reason", known.reason());
        text("until", known.until());
        json.writeEndObject();
    }

    private void cluster(Diagnosis.Head cluster) throws IOException {
        json.writeStartObject();
        text("name", cluster.name());
        text("resourceGroup", cluster.resourceGroup());
        text("nodeResourceGroup", cluster.nodeResourceGroup());
        text("location", cluster.location());
        text("kubernetesVersion", cluster.kubernetesVersion());
        text("network", cluster.network());
        text("outboundType", cluster.outboundType());
        answer("private", cluster.privateCluster());
        json.writeFieldName("nodeCount");
        if (cluster.nodeCount() < 0) {
            json.writeNull();
        } else {
            json.writeNumber(cluster.nodeCount());
        }
        list("agents", cluster.agents(), this::agent);
        json.writeEndObject();
    }

    private void agent(Agent agent) throws IOException {
        json.writeStartObject();
        text("name", agent.name());
        text("node", agent.node());
        texts("addresses", agent.addresses().toCidrs());
        json.writeBooleanField("exact", agent.exact());
        text("why", agent.why());
        json.writeEndObject();
    }

    private void tunnel(Tunnel tunnel) throws IOException {
        json.writeStartObject();
        text("kind", word(tunnel.kind()));
        text("why", tunnel.why());
        list("evidence", tunnel.evidence(), this::source);
        list("missing", tunnel.missing(), this::missing);
        json.writeEndObject();
    }

    private static String word(TunnelKind kind) {
        return switch (kind) {
            case KONNECTIVITY, AKS_LINK, TUNNEL_FRONT, UNKNOWN -> kind.label();
            case NONE -> "none";
        };
    }

    private void diagnosed(Diagnosis.Diagnosed diagnosed) throws IOException {
        json.writeStartObject();
        text("cause", diagnosed.cause());
        text("title", diagnosed.title());
        text("certainty", diagnosed.certainty().name());
        text("severity", diagnosed.severity().name());
        json.writeNumberField("rank", diagnosed.rank());
        text("why", diagnosed.why());
        texts("nodes", diagnosed.nodes());
        list("evidence", diagnosed.evidence(), this::source);
        list("repairs", diagnosed.repairs(), this::repair);
        list("explains", diagnosed.explains(), this::source);
        texts("contradictedBy", diagnosed.contradictedBy());
        text("standing", diagnosed.standing());
        json.writeEndObject();
    }

    private void repair(Diagnosis.Repair repair) throws IOException {
        json.writeStartObject();
        text("solution", repair.solution());
        text("summary", repair.summary());
        texts("commands", repair.commands());
        texts("warnings", repair.warnings());
        texts("verify", repair.verify());
        texts("advice", repair.advice());
        text("effect", repair.proof().effect().name());
        json.writeObjectFieldStart("restores");
        json.writeNumberField("alone", repair.proof().restored());
        json.writeNumberField("of", repair.proof().broken());
        json.writeEndObject();
        list("opens", repair.proof().opens(), this::opening);
        texts("undo", repair.undo());
        text("note", repair.proof().note());
        json.writeEndObject();
    }

    private void opening(Opening opening) throws IOException {
        json.writeStartObject();
        text("at", opening.at());
        text("protocol", opening.transport().label());
        text(
                "ports",
                opening.ports().equals(PortSet.ALL) ? "*" : opening.ports().toString());
        texts(
                "sources",
                opening.sources().equals(AddressSet.ALL)
                        ? List.of("*")
                        : opening.sources().toCidrs());
        text("destination", opening.destination());
        json.writeBooleanField("atMost", opening.atMost());
        json.writeEndObject();
    }

    private void ruledOut(Diagnosis.RuledOut cause) throws IOException {
        json.writeStartObject();
        text("cause", cause.cause());
        text("reason", cause.reason());
        text("title", cause.title());
        json.writeEndObject();
    }

    private void notApplicable(Conclusion.NotApplicable cause) throws IOException {
        json.writeStartObject();
        text("cause", cause.cause());
        text("reason", cause.reason());
        json.writeEndObject();
    }

    private void cannotTell(Diagnosis.Open open) throws IOException {
        json.writeStartObject();
        text("cause", open.cause());
        text("missing", open.missing());
        text("command", open.command());
        text("title", open.title());
        texts("nodes", open.nodes());
        json.writeEndObject();
    }

    private void problem(Problem problem) throws IOException {
        json.writeStartObject();
        place(problem.at());
        text("message", problem.message());
        text("advice", problem.advice());
        json.writeEndObject();
    }

    private void answer(String name, Answer answer) throws IOException {
        json.writeFieldName(name);
        switch (answer) {
            case YES -> json.writeBoolean(true);
            case NO -> json.writeBoolean(false);
            case CANNOT_TELL -> json.writeNull();
        }
    }
}
