package tunneldoctor.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tunneldoctor.diagnose.CausePages;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.CausePage;
import tunneldoctor.report.CauseMarkdown;

/** Writes Markdown pages of every cause. */
@Command(
        name = "docs",
        header = "Write Markdown pages of the causes, from their rules and samples.",
        description = {
            "",
            "Writes README.md, a table of the causes, and a page for each cause into a folder; without one, prints the"
                    + " table. The same rules and samples give the same pages.",
            ""
        },
        parameterListHeading = "Arguments:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  tunnel-doctor rules docs docs/causes", "  tunnel-doctor rules docs --rules my-rules my-docs"})
final class RulesDocsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private RuleBaseOptions options = new RuleBaseOptions();

    @Parameters(
            paramLabel = "DIR",
            arity = "0..1",
            description = "The folder to write into; created where needed. Pages of the same name are written anew.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    RulesDocsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try {
            RuleBase rules = options.load(terminal);
            String index = "# Causes\n\n" + CauseMarkdown.table(rules.causes(), cause -> cause.id() + ".md");
            if (folder.isEmpty()) {
                terminal.print(index);
                return ExitCode.NOTHING_FOUND.code();
            }
            Files.createDirectories(folder.get());
            write("README.md", index);
            CausePages pages = new CausePages(rules, options.samples());
            for (CausePage page : rules.pages()) {
                write(page.cause().id() + ".md", CauseMarkdown.page(pages.complete(page)));
            }
            terminal.print((rules.causes().size() + 1) + " pages in " + folder.get() + "\n");
            return ExitCode.NOTHING_FOUND.code();
        } catch (Pipeline.UnusableException | RuleBaseException e) {
            terminal.complainLines(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            terminal.complain(folder.map(Path::toString).orElse("") + ": cannot be written: " + e.getMessage());
        }
        return ExitCode.BAD_INPUT.code();
    }

    private void write(String name, String page) throws IOException {
        Files.write(folder.orElseThrow().resolve(name), page.getBytes(StandardCharsets.UTF_8));
    }
}
