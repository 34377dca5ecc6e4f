package tunneldoctor.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tunneldoctor.diagnose.SceneResult;
import tunneldoctor.diagnose.SceneResult.Difference;
import tunneldoctor.diagnose.SceneTests.FileResult;
import tunneldoctor.knowledge.ConditionCoverage;
import tunneldoctor.knowledge.ConditionCoverage.Gap;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.report.Escape;
import tunneldoctor.report.JsonPage;

/** Prints how scenes ended: for people file by file as they end, for programs all at once. */
final class TestReport {
    private final Terminal terminal;
    private final OutputFormat output;
    private final boolean verbose;
    private final List<FileResult> files = new ArrayList<>();

    TestReport(Terminal terminal, OutputFormat output, boolean verbose) {
        this.terminal = terminal;
        this.output = output;
        this.verbose = verbose;
    }

    void add(FileResult file) {
        files.add(file);
        if (output == OutputFormat.TEXT) {
            terminal.print(text(file));
        }
    }

    /** Says how it stands before the scenes that were not edited. */
    void pause() {
        if (output == OutputFormat.TEXT) {
            terminal.print(summary() + "; now the other scenes\n");
        }
    }

    void end(Optional<ConditionCoverage> coverage) {
        switch (output) {
            case TEXT ->
                terminal.print(summary() + "\n" + coverage.map(this::coverage).orElse(""));
            case JSON -> terminal.print(JsonPage.page(json -> json(json, coverage)));
            case JSONL -> terminal.print(JsonPage.line(json -> json(json, coverage)));
        }
    }

    ExitCode exit() {
        boolean unusable = files.stream()
                .anyMatch(file ->
                        !file.unreadable().isEmpty() || file.scenes().stream().anyMatch(scene -> !scene.usable()));
        if (unusable) {
            return ExitCode.BAD_INPUT;
        }
        return files.stream().allMatch(FileResult::passed) ? ExitCode.NOTHING_FOUND : ExitCode.FOUND;
    }

    private String text(FileResult file) {
        StringBuilder text = new StringBuilder();
        if (!file.unreadable().isEmpty()) {
            text.append("UNUSABLE  ")
                    .append(Escape.line(Terminal.near(file.path())))
                    .append('\n');
            file.unreadable()
                    .lines()
                    .forEach(line -> text.append("  ").append(Escape.line(line)).append('\n'));
        } else if (file.passed() && !verbose) {
            text.append("ok    ")
                    .append(Escape.line(Terminal.near(file.path())))
                    .append("  ")
                    .append(scenes(file.scenes().size()))
                    .append('\n');
        }
        for (SceneResult scene : file.scenes()) {
            if (!scene.passed() || verbose) {
                text.append(text(scene));
            }
        }
        return text.toString();
    }

    private String text(SceneResult scene) {
        StringBuilder text = new StringBuilder();
        text.append(scene.passed() ? "ok    " : scene.usable() ? "FAIL  " : "UNUSABLE  ")
                .append(Escape.line(Terminal.near(Path.of(scene.file()))))
                .append(": ")
                .append(Escape.line(scene.scene()))
                .append('\n');
        scene.flaws()
                .forEach(flaw -> text.append("  ").append(Escape.line(flaw)).append('\n'));
        for (Difference difference : scene.differences()) {
            text.append("  ")
                    .append(difference.cause())
                    .append(": expected ")
                    .append(difference.expected().words())
                    .append(", got ")
                    .append(difference.got().words())
                    .append('\n');
            for (RuleAccount account : difference.why()) {
                text.append(AccountText.of(account, verbose, "    "));
            }
        }
        return text.toString();
    }

    private String summary() {
        return scenes(count(files, scene -> true)) + ": " + count(files, SceneResult::passed) + " passed, "
                + count(files, scene -> scene.usable() && !scene.passed()) + " failed"
                + (unusable() == 0 ? "" : ", " + unusable() + " unusable");
    }

    private int unusable() {
        return count(files, scene -> !scene.usable())
                + (int) files.stream()
                        .filter(file -> !file.unreadable().isEmpty())
                        .count();
    }

    private static int count(List<FileResult> files, java.util.function.Predicate<SceneResult> of) {
        return (int) files.stream()
                .flatMap(file -> file.scenes().stream())
                .filter(of)
                .count();
    }

    private static String scenes(int number) {
        return counted(number, "scene");
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private String coverage(ConditionCoverage coverage) {
        List<Gap> gaps = coverage.gaps();
        List<Gap> indecisive = coverage.indecisive();
        ConditionCoverage.Count all = coverage.all();
        StringBuilder text = new StringBuilder();
        gaps.forEach(gap -> text.append(text(gap)));
        if (verbose) {
            indecisive.forEach(gap -> text.append(text(gap)));
        }
        return text.append(counted(all.rules(), "rule"))
                .append(", ")
                .append(counted(all.conditions(), "condition"))
                .append(": ")
                .append(gaps.isEmpty() ? "every one exercised" : gaps.size() + " not exercised")
                .append(indecisive.isEmpty() ? "" : "; " + indecisive.size() + " never decided anything")
                .append(indecisive.isEmpty() || verbose ? "" : " (--verbose)")
                .append('\n')
                .toString();
    }

    private static String text(Gap gap) {
        return Escape.line(Terminal.near(gap.file()) + ":" + gap.line() + ":" + gap.column() + ": " + gap.reason()
                        + ": " + gap.condition())
                + "\n";
    }

    private void json(JsonGenerator json, Optional<ConditionCoverage> coverage) throws IOException {
        AccountJson accounts = new AccountJson(json);
        json.writeStartObject();
        accounts.list("files", files, file -> {
            json.writeStartObject();
            json.writeStringField("file", file.path().toString());
            json.writeStringField("unreadable", file.unreadable());
            accounts.list("scenes", file.scenes(), scene -> json(json, accounts, scene));
            json.writeEndObject();
        });
        json.writeNumberField("passed", count(files, SceneResult::passed));
        json.writeNumberField("failed", count(files, scene -> scene.usable() && !scene.passed()));
        json.writeNumberField("unusable", unusable());
        if (coverage.isPresent()) {
            ConditionCoverage.Count all = coverage.get().all();
            json.writeObjectFieldStart("coverage");
            json.writeNumberField("rules", all.rules());
            json.writeNumberField("conditions", all.conditions());
            accounts.list("gaps", coverage.get().gaps(), gap -> json(json, gap));
            accounts.list("indecisive", coverage.get().indecisive(), gap -> json(json, gap));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void json(JsonGenerator json, AccountJson accounts, SceneResult scene) throws IOException {
        json.writeStartObject();
        json.writeStringField("scene", scene.scene());
        json.writeBooleanField("passed", scene.passed());
        accounts.list("flaws", scene.flaws(), json::writeString);
        accounts.list("differences", scene.differences(), difference -> {
            json.writeStartObject();
            json.writeStringField("cause", difference.cause());
            json.writeStringField("expected", word(difference.expected()));
            json.writeStringField("got", word(difference.got()));
            accounts.list("why", difference.why(), accounts::account);
            json.writeEndObject();
        });
        json.writeEndObject();
    }

    private static String word(SceneResult.Standing standing) {
        return standing.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void json(JsonGenerator json, Gap gap) throws IOException {
        json.writeStartObject();
        json.writeStringField("file", gap.file().toString());
        json.writeNumberField("line", gap.line());
        json.writeNumberField("column", gap.column());
        json.writeStringField("rule", gap.rule());
        json.writeStringField("condition", gap.condition());
        json.writeStringField("reason", gap.reason());
        json.writeEndObject();
    }
}
