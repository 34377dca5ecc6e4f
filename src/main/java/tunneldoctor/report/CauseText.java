package tunneldoctor.report;

import java.util.List;
import java.util.Locale;
import tunneldoctor.model.CausePage;
import tunneldoctor.model.Diagnosis;

/** The page of one cause for a terminal. */
public final class CauseText extends TextPage {
    private static final String INDENT = "  ";

    private CauseText(TextReport.Options options) {
        super(options);
    }

    public static String render(CausePage page, TextReport.Options options) {
        CauseText text = new CauseText(options);
        text.cause(page);
        return text.page();
    }

    private void cause(CausePage page) {
        line(paint(Ink.BOLD, Escape.line(page.cause().id() + ": " + page.cause().title())));
        line(page.cause().severity().name().toLowerCase(Locale.ROOT) + ", "
                + Escape.line(page.cause().maturity()));
        line(Escape.line(page.cause().source()));
        for (String paragraph : page.about()) {
            line("");
            fold("", "", Escape.line(paragraph));
        }
        heading("Rules");
        page.statements().forEach(this::statement);
        line("");
        fold(
                "",
                "",
                "Ruled out where no rule says otherwise: "
                        + Escape.line(page.cause().ruledOut()));
        heading("Evidence it needs");
        page.evidence().forEach(source -> line(INDENT + source));
        heading("Scenes");
        page.scenes().forEach(scene -> scene(page.cause().id(), scene));
        if (!page.repairs().isEmpty()) {
            heading("Repairs, as printed for: " + Escape.line(page.example()));
            page.repairs().forEach(this::repair);
        }
    }

    private void heading(String words) {
        line("");
        line(paint(Ink.BOLD, words));
    }

    private void statement(CausePage.Statement statement) {
        fold(INDENT, INDENT, Escape.line(statement.title()));
        if (!statement.note().isEmpty()) {
            fold(INDENT.repeat(2) + "(", INDENT.repeat(2), Escape.line(statement.note()) + ")");
        }
        listed("when", "and ", statement.when());
        listed("then", "", statement.then());
    }

    private void listed(String word, String between, List<String> lines) {
        String indent = INDENT.repeat(2);
        for (int i = 0; i < lines.size(); i++) {
            String start = i == 0 ? word + " " : " ".repeat(word.length() + 1) + between;
            fold(indent + start, indent + " ".repeat(word.length() + 3), Escape.line(lines.get(i)));
        }
    }

    private void scene(String cause, CausePage.Scene scene) {
        String outcome = scene.found().contains(cause)
                ? "found"
                : scene.cannotTell().contains(cause) ? "cannot tell" : "not found";
        fold(INDENT + String.format(Locale.ROOT, "%-11s  ", outcome), INDENT.repeat(8), Escape.line(scene.title()));
    }

    private void repair(Diagnosis.Repair repair) {
        fold(INDENT + repair.solution() + ": ", INDENT.repeat(2), Escape.line(repair.summary()));
        repair.commands().forEach(command -> command(INDENT.repeat(3), command));
        repair.advice().forEach(advice -> fold(INDENT.repeat(2), INDENT.repeat(3), Escape.line(advice)));
        repair.warnings()
                .forEach(warning -> fold(INDENT.repeat(2) + "Beware: ", INDENT.repeat(3), Escape.line(warning)));
    }
}
