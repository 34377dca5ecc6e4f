package tunneldoctor.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Answer;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;

/**
 * A diagnosis for someone in the middle of an incident: what cluster it is, what is wrong and how to repair it, and only
 * then what it is not.
 *
 * <p>A command stands on a line of its own with nothing but blanks before it, whole and never folded, so that it can be
 * copied from the terminal.
 */
public final class TextReport extends TextPage {
    /** Symptoms repeat each other, so the first ones tell enough. */
    private static final int SHOWN_SYMPTOMS = 2;

    /** Longer ids do not push the reasons of the other causes out of sight. */
    private static final int LONGEST_ID = 40;

    private TextReport(Options options) {
        super(options);
    }

    /**
     * How to show it.
     *
     * @param verbose everything, nothing cut
     * @param color whether to use terminal colors
     * @param width where to fold sentences, in characters; at least 40
     */
    public record Options(boolean verbose, boolean color, int width) {
        /** For output that is not a terminal, so that it does not depend on one. */
        public static final int DEFAULT_WIDTH = 100;

        private static final int MIN_WIDTH = 40;

        public Options {
            width = Math.max(MIN_WIDTH, width);
        }
    }

    /** The page, ending with a line break. */
    public static String render(Diagnosis diagnosis, Options options) {
        TextReport report = new TextReport(options);
        report.head(diagnosis);
        report.summary(diagnosis);
        diagnosis.diagnoses().forEach(diagnosed -> report.diagnosed(diagnosed, diagnosis.cluster()));
        report.plan(diagnosis.plan());
        report.known(diagnosis.known());
        diagnosis.next().ifPresent(report::next);
        report.otherCauses(diagnosis);
        report.problems(diagnosis.problems());
        return report.page();
    }

    private void head(Diagnosis diagnosis) {
        line(paint(
                Ink.BOLD,
                (diagnosis.file().equals("-") ? "standard input" : sentence(diagnosis.file()))
                        + diagnosis.scene().map(scene -> ": " + sentence(scene)).orElse("")));
        Diagnosis.Head cluster = diagnosis.cluster();
        prose("Cluster  ", "         ", cluster(cluster));
        prose(
                "Tunnel   ",
                "         ",
                diagnosis.tunnel().kind().label()
                        + (diagnosis.tunnel().why().isEmpty()
                                ? ""
                                : ": " + diagnosis.tunnel().why()));
        if (options.verbose()) {
            diagnosis.tunnel().evidence().forEach(source -> evidence("         ", source));
            for (Missing missing : diagnosis.tunnel().missing()) {
                prose("         ", "         ", "missing: " + missing.what());
                command("           ", missing.command());
            }
        }
        prose("Nodes    ", "         ", cluster.nodeCount() > 0 ? Integer.toString(cluster.nodeCount()) : "none known");
        fold(
                "Agents   ",
                "         ",
                cluster.agents().isEmpty()
                        ? "none known"
                        : some(cluster.agents().stream().map(TextReport::agent).toList(), "; "));
    }

    private static String cluster(Diagnosis.Head cluster) {
        StringJoiner details = new StringJoiner(", ", " (", ")").setEmptyValue("");
        known(details, "resource group ", cluster.resourceGroup());
        known(details, "", cluster.location());
        known(details, "Kubernetes ", cluster.kubernetesVersion());
        known(details, "", cluster.network());
        known(details, "outbound type ", cluster.outboundType());
        if (cluster.privateCluster() == Answer.YES) {
            details.add("private");
        }
        return (cluster.name().isEmpty() ? "name not known" : cluster.name()) + details;
    }

    private static void known(StringJoiner details, String label, String text) {
        if (!text.isEmpty()) {
            details.add(label + text);
        }
    }

    private static String agent(Agent agent) {
        return agent.name()
                + (agent.node().isEmpty() ? "" : " on " + agent.node())
                + (agent.addresses().isEmpty() ? "" : " (" + agent.addresses() + ")");
    }

    private void summary(Diagnosis diagnosis) {
        int found = diagnosis.diagnoses().size();
        int open = diagnosis.causesOpen().stream().distinct().toList().size();
        String text;
        if (found == 0) {
            text = open == 0
                    ? "No cause found; every cause that applies could be told."
                    : "No cause found, but " + count(open, "cause") + " cannot be told from this evidence.";
        } else {
            text = count(found, "cause") + " found" + (found > 1 ? ", the one to repair first on top" : "")
                    + (open == 0 ? "." : "; " + open + " cannot be told.");
        }
        line("");
        line(paint(found > 0 ? Ink.RED : open > 0 ? Ink.YELLOW : Ink.GREEN, text));
    }

    private void diagnosed(Diagnosis.Diagnosed diagnosed, Diagnosis.Head cluster) {
        line("");
        line(paint(Ink.BOLD, diagnosed.rank() + ". " + sentence(diagnosed.title()))
                + "  "
                + paint(
                        diagnosed.certainty() == Certainty.PROVED ? Ink.RED : Ink.YELLOW,
                        "[" + diagnosed.certainty() + " · " + diagnosed.severity() + " · "
                                + extent(diagnosed.nodes().size(), cluster.nodeCount()) + "]"));
        prose(
                "   ",
                "   ",
                diagnosed.cause() + ": " + diagnosed.why()
                        + (diagnosed.standing().isEmpty() ? "" : ". Ranked here: " + diagnosed.standing()));
        if (!diagnosed.nodes().isEmpty()) {
            fold("   Nodes: ", "     ", some(diagnosed.nodes(), ", "));
        }
        diagnosed.contradictedBy().forEach(but -> prose("   Against it: ", "     ", but));
        listed("   Explains: ", diagnosed.explains(), SHOWN_SYMPTOMS);
        listed("   Evidence: ", diagnosed.evidence(), SHOWN);
        repairs(diagnosed.repairs());
    }

    private static String extent(int affected, int all) {
        if (affected == 0) {
            return "whole cluster";
        }
        return all >= affected ? affected + " of " + count(all, "node") : count(affected, "node");
    }

    private void listed(String title, List<SourceRef> sources, int atMost) {
        int shown = shown(sources.size(), atMost);
        String indent = " ".repeat(title.length());
        for (int i = 0; i < shown; i++) {
            evidence(i == 0 ? title : indent, sources.get(i));
        }
        more(indent, sources.size() - shown);
    }

    private void repairs(List<Diagnosis.Repair> repairs) {
        if (repairs.isEmpty()) {
            line("   No repair is known for this.");
            return;
        }
        int shown = options.verbose() ? repairs.size() : 1;
        repairs.subList(0, shown).forEach(this::repair);
        if (shown < repairs.size()) {
            StringJoiner others = new StringJoiner("; ", "", DETAILS);
            repairs.subList(shown, repairs.size())
                    .forEach(other -> others.add(item(other.solution() + " " + other.summary())));
            fold("   Also: ", "     ", others.toString());
        }
    }

    private void repair(Diagnosis.Repair repair) {
        prose("   Repair, solution " + sentence(repair.solution()) + ": ", "     ", repair.summary());
        repair.commands().forEach(command -> command("     ", command));
        if (!repair.commands().isEmpty()) {
            proof(repair.proof());
        }
        if (options.verbose() && !repair.undo().isEmpty()) {
            line("   Undo:");
            repair.undo().forEach(command -> command("     ", command));
        }
        if (!repair.advice().isEmpty()) {
            line("   By hand:");
            // Advice may end in a command, so it is not folded either.
            repair.advice().forEach(step -> line("     " + sentence(step)));
        }
        repair.warnings().forEach(warning -> prose("   Warning: ", "     ", warning));
        if (!repair.verify().isEmpty()) {
            line("   Verify:");
            repair.verify().forEach(command -> command("     ", command));
        }
    }

    private void proof(Diagnosis.Proof proof) {
        String shown = switch (proof.effect()) {
            case CLEARS -> "clears the cause" + restores(proof);
            case NEEDS_OTHERS -> "needs others too" + restores(proof);
            case ADVICE -> "the facts cannot show what it does";
        };
        String opens = some(
                proof.opens().stream()
                        .map(opening -> opening.text() + " (" + opening.at() + ")")
                        .toList(),
                "; ");
        fold(
                "   Proof: ",
                "     ",
                sentence(shown + (proof.note().isEmpty() ? "" : "; " + proof.note()))
                        + (opens.isEmpty() ? "" : ". Opens " + opens));
    }

    private static String restores(Diagnosis.Proof proof) {
        return proof.broken() == 0
                ? ""
                : "; alone it restores " + proof.restored() + " of " + count(proof.broken(), "node");
    }

    /** One step that does it all has been told with its cause. */
    private void plan(Diagnosis.Plan plan) {
        boolean told = plan.steps().size() == 1 && plan.rest().isEmpty() && !options.verbose();
        if (plan.steps().isEmpty() || told) {
            return;
        }
        line("");
        line(paint(
                Ink.BOLD,
                "Repair plan: " + count(plan.steps().size(), "step") + " for " + plan.restored() + " of "
                        + count(plan.broken(), "node")));
        for (int i = 0; i < plan.steps().size(); i++) {
            Diagnosis.Step step = plan.steps().get(i);
            String reached = i == 0
                    ? "alone " + step.alone() + " of " + count(plan.broken(), "node")
                    : "with " + (i == 1 ? "1" : "1 to " + i) + " " + step.together() + " of "
                            + count(plan.broken(), "node") + ", alone " + step.alone();
            prose(
                    "  " + (i + 1) + ". ",
                    "     ",
                    step.cause() + ", solution " + step.solution() + ": " + step.summary() + " (" + reached + ")");
            if (options.verbose()) {
                step.instead().forEach(other -> prose("     Instead of: ", "       ", other));
                if (!step.undo().isEmpty()) {
                    line("     Undo:");
                    step.undo().forEach(command -> command("       ", command));
                }
            }
        }
        if (!plan.rest().isEmpty()) {
            prose("  ", "     ", plan.rest());
        }
    }

    private void known(List<Diagnosis.Known> known) {
        if (known.isEmpty()) {
            return;
        }
        line("");
        line(paint(Ink.BOLD, "Known, not counted"));
        known.forEach(one -> prose("  ", "    ", one.cause() + " until " + one.until() + ": " + one.reason()));
    }

    private void next(Diagnosis.NextEvidence next) {
        line("");
        fold("Gather next, for " + count(next.settles().size(), "open cause") + ": ", "  ", some(next.settles(), ", "));
        command("  ", next.command());
    }

    private void otherCauses(Diagnosis diagnosis) {
        List<String> ids = new ArrayList<>(diagnosis.causesOpen());
        diagnosis.ruledOut().forEach(cause -> ids.add(cause.cause()));
        diagnosis.notApplicable().forEach(cause -> ids.add(cause.cause()));
        if (ids.isEmpty()) {
            return;
        }
        int column = 0;
        for (String id : ids) {
            column = Math.max(column, Math.min(LONGEST_ID, id.length()));
        }
        line("");
        line(paint(Ink.BOLD, diagnosis.diagnoses().isEmpty() ? "Causes" : "Other causes"));
        Map<String, String> commands = new HashMap<>();
        for (Diagnosis.Open open : diagnosis.cannotTell()) {
            String nodes = open.nodes().isEmpty() ? "" : " (" + some(open.nodes(), ", ") + ")";
            cause("cannot tell", open.cause(), column, sentence("missing " + open.missing()) + nodes);
            settle(commands, open);
        }
        for (Diagnosis.RuledOut cause : diagnosis.ruledOut()) {
            cause("ruled out", cause.cause(), column, sentence(cause.reason()));
        }
        for (Conclusion.NotApplicable cause : diagnosis.notApplicable()) {
            cause("not applicable", cause.cause(), column, sentence(cause.reason()));
        }
    }

    private void cause(String verdict, String id, int column, String reason) {
        String start = "  " + pad(verdict, "not applicable".length()) + "  " + pad(sentence(id), column) + "  ";
        fold(start, "      ", reason);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** Several causes often wait for the same evidence; its command stands once. */
    private void settle(Map<String, String> commands, Diagnosis.Open open) {
        if (open.command().isEmpty()) {
            return;
        }
        String before = commands.putIfAbsent(open.command(), open.cause());
        if (before == null) {
            command("      ", open.command());
        } else {
            prose("      ", "      ", "(the command given at " + before + ")");
        }
    }

    private void problems(List<Problem> problems) {
        if (problems.isEmpty()) {
            return;
        }
        line("");
        line(paint(Ink.BOLD, count(problems.size(), "problem") + " in the facts"));
        int shown = shown(problems.size(), SHOWN);
        for (Problem problem : problems.subList(0, shown)) {
            prose("  ", "      ", place(problem.at()) + ": " + problem.message());
            if (!problem.at().text().isEmpty()) {
                line(paint(Ink.DIM, "      " + evidenceText(problem.at().text())));
            }
            if (!problem.advice().isEmpty()) {
                prose("      ", "      ", problem.advice());
            }
        }
        more("  ", problems.size() - shown);
    }
}
