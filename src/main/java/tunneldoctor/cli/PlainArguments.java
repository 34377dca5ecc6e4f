package tunneldoctor.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Understands the arguments of {@code diagnose} as nearly everyone gives them, in no time: picocli takes longer to learn what
 * a command looks like than the diagnosis of a small file takes. Whatever is out of the ordinary is left to picocli, mistakes
 * above all.
 */
final class PlainArguments {
    private static final String VERBOSE = "--verbose";
    private static final String QUIET = "--quiet";
    private static final String NO_COLOR = "--no-color";
    private static final String OUTPUT = "--output";

    private final Set<String> given = new HashSet<>();
    private final List<String> files = new ArrayList<>();
    private OutputFormat output = OutputFormat.TEXT;
    private Optional<Path> rules = Optional.empty();

    private PlainArguments() {}

    /** @param rules a folder; empty if none is named */
    record Plain(FactsOptions options, Optional<Path> rules) {}

    /**
     * What the arguments say.
     *
     * @param arguments of the whole program
     * @return empty where it takes picocli to tell
     */
    static Optional<Plain> ofDiagnose(String... arguments) {
        if (arguments.length < 2 || !arguments[0].equals(DiagnoseCommand.NAME)) {
            return Optional.empty();
        }
        PlainArguments plain = new PlainArguments();
        for (int i = 1; i < arguments.length; i++) {
            String option = longName(arguments[i]);
            if (option.equals(OUTPUT)) {
                i++;
                if (i == arguments.length || !plain.output(arguments[i])) {
                    return Optional.empty();
                }
            } else if (option.equals(RuleBaseOptions.RULES)) {
                i++;
                if (i == arguments.length || !plain.rules(arguments[i])) {
                    return Optional.empty();
                }
            } else if (!plain.take(option)) {
                return Optional.empty();
            }
        }
        return plain.files.isEmpty() ? Optional.empty() : Optional.of(new Plain(plain.options(), plain.rules));
    }

    private static String longName(String argument) {
        return switch (argument) {
            case "-o" -> OUTPUT;
            case "-v" -> VERBOSE;
            case "-q" -> QUIET;
            default -> argument;
        };
    }

    private boolean output(String format) {
        for (OutputFormat known : OutputFormat.values()) {
            if (known.toString().equals(format)) {
                output = known;
                return given.add(OUTPUT);
            }
        }
        return false;
    }

    private boolean rules(String directory) {
        try {
            rules = Optional.of(Path.of(directory)).filter(Files::isDirectory);
        } catch (InvalidPathException e) {
            return false;
        }
        return rules.isPresent() && !directory.startsWith("-") && given.add(RuleBaseOptions.RULES);
    }

    /** Whether the argument, and that it stands here, is beyond doubt. */
    private boolean take(String argument) {
        if (argument.equals(VERBOSE) || argument.equals(QUIET) || argument.equals(NO_COLOR)) {
            return given.add(argument);
        }
        boolean input = argument.equals(FactsInput.STANDARD_INPUT);
        if (argument.isEmpty() || argument.startsWith("-") && !input || input && files.contains(argument)) {
            return false;
        }
        return files.add(argument);
    }

    private FactsOptions options() {
        return FactsOptions.of(files, output, given.contains(VERBOSE), given.contains(NO_COLOR), given.contains(QUIET));
    }
}
