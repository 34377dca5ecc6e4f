package tunneldoctor.report;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tunneldoctor.model.Cause;
import tunneldoctor.model.CausePage;
import tunneldoctor.model.Diagnosis;

/** Markdown of what a rule base knows: a table of its causes, and a page for each. The same input gives the same bytes. */
public final class CauseMarkdown {
    private final StringBuilder text = new StringBuilder();

    private CauseMarkdown() {}

    /**
     * One row for each cause.
     *
     * @param link where a cause's name leads
     */
    public static String table(Collection<Cause> causes, Function<Cause, String> link) {
        StringBuilder table = new StringBuilder("| cause | what it says | severity | source |\n|---|---|---|---|\n");
        for (Cause cause : causes) {
            table.append("| [`")
                    .append(cause.id())
                    .append("`](")
                    .append(link.apply(cause))
                    .append(") | ")
                    .append(plain(cause.title()))
                    .append(" | ")
                    .append(severity(cause))
                    .append(" | ")
                    .append(source(cause, "documented"))
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String severity(Cause cause) {
        return cause.severity().name().toLowerCase(Locale.ROOT);
    }

    private static String source(Cause cause, String words) {
        boolean link = cause.source().matches("https://[\\w./#?=&%~:@!$'*+,;-]+");
        return link ? "[" + words + "](" + cause.source() + ")" : plain(cause.source());
    }

    public static String page(CausePage page) {
        CauseMarkdown markdown = new CauseMarkdown();
        markdown.cause(page);
        return markdown.text.toString();
    }

    private void cause(CausePage page) {
        Cause cause = page.cause();
        text.append("# ").append(plain(cause.title())).append("\n\n");
        text.append("`")
                .append(cause.id())
                .append("`: ")
                .append(severity(cause))
                .append(", ");
        text.append(plain(cause.maturity()))
                .append("; ")
                .append(source(cause, "documentation"))
                .append('\n');
        page.about()
                .forEach(paragraph -> text.append('\n').append(plain(paragraph)).append('\n'));
        heading("Rules");
        page.statements().forEach(this::statement);
        text.append("\nRuled out where no rule says otherwise: ")
                .append(plain(cause.ruledOut()))
                .append(".\n");
        heading("Evidence it needs");
        text.append('\n');
        page.evidence().forEach(source -> item(plain(source)));
        heading("Scenes");
        text.append("\n| scene | what it shows |\n|---|---|\n");
        page.scenes()
                .forEach(scene -> text.append("| ")
                        .append(plain(scene.title()))
                        .append(" | ")
                        .append(outcome(cause.id(), scene))
                        .append(" |\n"));
        if (!page.repairs().isEmpty()) {
            heading("Repairs");
            text.append("\nAs printed for the scene “")
                    .append(plain(page.example()))
                    .append("”.\n");
            page.repairs().forEach(this::repair);
        }
    }

    private void heading(String words) {
        text.append("\n## ").append(words).append('\n');
    }

    private void item(String words) {
        text.append("- ").append(words).append('\n');
    }

    private void statement(CausePage.Statement statement) {
        text.append("\n**").append(plain(statement.title())).append("**\n\n");
        if (!statement.note().isEmpty()) {
            text.append(plain(statement.note())).append("\n\n");
        }
        statement.when().forEach(condition -> item("when " + plain(condition)));
        statement.then().forEach(conclusion -> item("then " + plain(conclusion)));
    }

    private static String outcome(String cause, CausePage.Scene scene) {
        if (scene.found().contains(cause)) {
            return scene.found().size() == 1 ? "found" : "found, with " + others(cause, scene.found());
        }
        return scene.cannotTell().contains(cause)
                ? "cannot tell"
                : scene.found().isEmpty() ? "not found" : "not found, but " + others(cause, scene.found());
    }

    private static String others(String cause, List<String> found) {
        return String.join(
                ", ",
                found.stream()
                        .filter(id -> !id.equals(cause))
                        .map(CauseMarkdown::plain)
                        .toList());
    }

    private void repair(Diagnosis.Repair repair) {
        text.append("\n### ")
                .append(plain(repair.solution()))
                .append(": ")
                .append(plain(repair.summary()))
                .append('\n');
        if (!repair.commands().isEmpty()) {
            text.append("\n```sh\n");
            repair.commands()
                    .forEach(command -> text.append(Escape.command(command).replace("```", "` ` `"))
                            .append('\n'));
            text.append("```\n");
        }
        if (!repair.advice().isEmpty() || !repair.warnings().isEmpty()) {
            text.append('\n');
        }
        repair.advice().forEach(advice -> item(plain(advice)));
        repair.warnings().forEach(warning -> item("Beware: " + plain(warning)));
    }

    /** Text that is nothing but text to a reader of Markdown. */
    private static String plain(String words) {
        StringBuilder plain = new StringBuilder();
        for (char c : Escape.line(words).toCharArray()) {
            if ("\\`*_[]<>|#".indexOf(c) >= 0) {
                plain.append('\\');
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
