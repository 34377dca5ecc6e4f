package tunneldoctor.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleAccount.Miss;
import tunneldoctor.knowledge.RuleAccount.Near;
import tunneldoctor.knowledge.RuleAccount.Obstacle;
import tunneldoctor.knowledge.RuleAccount.Step;
import tunneldoctor.knowledge.RuleAccount.Value;
import tunneldoctor.knowledge.RuleAccount.Witness;
import tunneldoctor.model.SourceRef;
import tunneldoctor.report.JsonPage;

/** How rules fared, for programs. */
final class AccountJson {
    private final JsonGenerator json;

    AccountJson(JsonGenerator json) {
        this.json = json;
    }

    void account(RuleAccount account) throws IOException {
        json.writeStartObject();
        json.writeStringField("rule", account.rule());
        json.writeStringField("file", account.file().toString());
        json.writeNumberField("line", account.line());
        list("concludes", List.copyOf(new TreeSet<>(account.concludes())), json::writeString);
        json.writeNumberField("fired", account.times());
        list("matches", account.matches(), match -> {
            json.writeStartObject();
            list("conditions", match.steps(), this::step);
            json.writeEndObject();
        });
        if (account.obstacle().isPresent()) {
            json.writeFieldName("obstacle");
            obstacle(account.obstacle().get());
        } else {
            json.writeNullField("obstacle");
        }
        if (account.remark().isEmpty()) {
            json.writeNullField("remark");
        } else {
            json.writeStringField("remark", account.remark());
        }
        json.writeEndObject();
    }

    private void step(Step step) throws IOException {
        json.writeStartObject();
        json.writeNumberField("line", step.line());
        json.writeStringField("condition", step.condition());
        list("facts", step.facts(), this::witness);
        if (!step.remark().isEmpty()) {
            json.writeStringField("remark", step.remark());
        }
        json.writeEndObject();
    }

    private void witness(Witness fact) throws IOException {
        json.writeStartObject();
        fields(fact);
        json.writeEndObject();
    }

    private void fields(Witness fact) throws IOException {
        json.writeStringField("type", fact.type());
        json.writeObjectFieldStart("values");
        for (Value value : fact.values()) {
            json.writeStringField(value.of(), value.is());
        }
        json.writeEndObject();
        list("nodes", fact.nodes(), json::writeString);
        list("evidence", fact.evidence(), this::source);
    }

    private void source(SourceRef source) throws IOException {
        json.writeStartObject();
        json.writeStringField("document", source.document());
        json.writeNumberField("line", source.line());
        json.writeStringField("text", source.text());
        json.writeEndObject();
    }

    private void obstacle(Obstacle obstacle) throws IOException {
        json.writeStartObject();
        json.writeNumberField("line", obstacle.line());
        json.writeStringField("condition", obstacle.condition());
        json.writeStringField(
                "kind", obstacle.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.writeNumberField("facts", obstacle.facts());
        list("nearest", obstacle.nearest(), this::near);
        list("inTheWay", obstacle.inTheWay(), this::step);
        list("alternatives", obstacle.alternatives(), this::obstacle);
        list("before", obstacle.before(), this::step);
        json.writeEndObject();
    }

    private void near(Near near) throws IOException {
        json.writeStartObject();
        fields(near.fact());
        list("misses", near.misses(), this::miss);
        json.writeEndObject();
    }

    private void miss(Miss miss) throws IOException {
        json.writeStartObject();
        json.writeNumberField("line", miss.line());
        json.writeStringField("test", miss.test());
        json.writeStringField("field", miss.field());
        json.writeStringField("wanted", miss.wanted());
        json.writeStringField("got", miss.got());
        json.writeEndObject();
    }

    <T> void list(String name, List<T> items, JsonPage.Writing<T> each) throws IOException {
        json.writeArrayFieldStart(name);
        for (T item : items) {
            each.write(item);
        }
        json.writeEndArray();
    }
}
