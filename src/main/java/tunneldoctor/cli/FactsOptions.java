package tunneldoctor.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tunneldoctor.report.TextReport;

/** What every command that reads facts files and prints a report about each document has in common. */
final class FactsOptions {
    private static final String LABEL = "FACTS";

    /** With the index given, an option may stand between two files. */
    @Parameters(
            index = "0..*",
            paramLabel = LABEL,
            arity = "1..*",
            description = "Facts files, YAML or JSON, each with one or more documents; - for standard input.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}: text for people; json, an object per document; jsonl, the same on"
                    + " one line each. Default: ${DEFAULT-VALUE}.")
    private OutputFormat output = OutputFormat.TEXT;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show all evidence, nodes and repairs, and nothing cut.")
    private boolean verbose;

    @Option(
            names = "--no-color",
            description = "No colors. They are used on terminals only, and not if NO_COLOR is set.")
    private boolean noColor;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print no report; the exit code tells. What goes wrong is still said on standard error.")
    private boolean quiet;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    /** For a command whose first argument is something else than a file. */
    static CommandLine behindOneArgument(CommandLine command) {
        return with(command, files -> files.index("1..*"));
    }

    /** For a command that does without files where something else takes their place. */
    static CommandLine orNone(CommandLine command) {
        return with(command, files -> files.arity("0..*").required(false));
    }

    private static CommandLine with(CommandLine command, UnaryOperator<PositionalParamSpec.Builder> change) {
        CommandSpec spec = command.getCommandSpec();
        for (PositionalParamSpec argument : List.copyOf(spec.positionalParameters())) {
            if (argument.paramLabel().equals(LABEL)) {
                spec.remove(argument);
                spec.addPositional(
                        change.apply(PositionalParamSpec.builder(argument)).build());
            }
        }
        return command;
    }

    static FactsOptions of(List<String> files, OutputFormat output, boolean verbose, boolean noColor, boolean quiet) {
        FactsOptions options = new FactsOptions();
        options.files = List.copyOf(files);
        options.output = output;
        options.verbose = verbose;
        options.noColor = noColor;
        options.quiet = quiet;
        return options;
    }

    /**
     * @throws ParameterException if the files cannot all be read
     */
    void check(CommandLine command) {
        if (files.stream().filter(FactsInput.STANDARD_INPUT::equals).count() > 1) {
            throw new ParameterException(command, "standard input (-) can be read only once");
        }
    }

    List<String> files() {
        return files;
    }

    OutputFormat output() {
        return output;
    }

    boolean verbose() {
        return verbose;
    }

    boolean quiet() {
        return quiet;
    }

    /** How a report for people looks. */
    TextReport.Options page(Terminal terminal) {
        return new TextReport.Options(verbose, terminal.color() && !noColor, terminal.width());
    }
}
