package tunneldoctor.cli;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Which live cluster a command reads, and how. */
final class ClusterOptions {
    static final String RESOURCE_GROUP = "--resource-group";

    private static final int MOST_AT_ONCE = 64;

    @Option(
            names = {"-g", RESOURCE_GROUP},
            paramLabel = "RG",
            description = "The resource group of the live cluster to read.")
    private Optional<String> resourceGroup = Optional.empty();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "CLUSTER",
            description = "The name of the live cluster.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--subscription",
            paramLabel = "ID",
            description = "Its subscription, id or name. Default: the one selected in az.")
    private Optional<String> subscription = Optional.empty();

    @Option(
            names = "--context",
            paramLabel = "CONTEXT",
            description = "Its context in the kubeconfig. Default: the current one, if it is this cluster's.")
    private Optional<String> context = Optional.empty();

    @Option(names = "--no-run-command", description = "Ask no node; for those who may not use run-command.")
    private boolean noRunCommand;

    @Option(names = "--print-role", description = "Only print the least Azure role that is enough, as JSON.")
    private boolean printRole;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            defaultValue = "20m",
            description = "When to end with what there is, such as 90s, 10m or 1h. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofMinutes(20);

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many calls and nodes at once. Default: ${DEFAULT-VALUE}.")
    private int parallel = 16;

    @Option(
            names = "--node",
            paramLabel = "NODE",
            split = ",",
            description = "Ask only this node; may be given several times.")
    private Set<String> nodes = new LinkedHashSet<>();

    @Option(
            names = "--max-nodes",
            paramLabel = "N",
            defaultValue = "50",
            description = "Of more nodes ask those with an agent and a sample of each pool. Default: ${DEFAULT-VALUE}.")
    private int maxNodes = 50;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            defaultValue = "1h",
            description = "How far metrics and events go back. Default: ${DEFAULT-VALUE}.")
    private Duration since = Duration.ofHours(1);

    /** A number and its unit. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

        @Override
        public Duration convert(String text) {
            Matcher time = FORM.matcher(text.toLowerCase(Locale.ROOT));
            if (!time.matches()) {
                throw new TypeConversionException("'" + text + "' is no time such as 90s, 10m, 1h or 2d");
            }
            long number = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
    }

    /** Whether a live cluster is asked for. */
    boolean isGiven() {
        return resourceGroup.isPresent() || name.isPresent();
    }

    /**
     * @throws ParameterException if the cluster is named by half, or a number cannot be
     */
    void check(CommandLine command) {
        if (resourceGroup.isEmpty() || name.isEmpty()) {
            throw new ParameterException(
                    command, "a live cluster needs both " + RESOURCE_GROUP + " RG and --name CLUSTER");
        }
        if (parallel < 1 || parallel > MOST_AT_ONCE) {
            throw new ParameterException(command, "--parallel must be 1 to " + MOST_AT_ONCE + ", but is " + parallel);
        }
        if (maxNodes < 1) {
            throw new ParameterException(command, "--max-nodes must be at least 1, but is " + maxNodes);
        }
    }

    String resourceGroup() {
        return resourceGroup.orElse("");
    }

    String name() {
        return name.orElse("");
    }

    Optional<String> subscription() {
        return subscription;
    }

    Optional<String> context() {
        return context;
    }

    boolean runCommand() {
        return !noRunCommand;
    }

    boolean printRole() {
        return printRole;
    }

    Duration timeout() {
        return timeout;
    }

    int parallel() {
        return parallel;
    }

    Set<String> nodes() {
        return nodes;
    }

    int maxNodes() {
        return maxNodes;
    }

    Duration since() {
        return since;
    }
}
