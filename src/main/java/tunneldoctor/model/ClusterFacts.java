package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * One {@code ClusterFacts} document: verbatim evidence about one cluster, nothing interpreted.
 *
 * @param file the file's name as the user gave it, {@code -} for standard input
 * @param apiVersion as written, {@code tunnel-doctor/v1}
 * @param scene a title; empty if none
 * @param expect what {@code rules test} expects of this document; empty if none
 * @param collected who collected it and when, as written; empty if not said
 * @param azure resources as Azure's tools print them
 * @param kubernetes objects as kubectl prints them
 * @param nodes what commands printed on each node
 * @param metrics Azure Monitor responses
 * @param symptoms errors as the user saw them
 * @param agents source addresses of the tunnel's agents given by hand, for facts without tunnel pods
 * @param gaps what collection asked for and did not get
 * @param problems what of the document could not be used
 */
public record ClusterFacts(
        String file,
        String apiVersion,
        Optional<String> scene,
        Optional<Expectation> expect,
        Optional<String> collected,
        List<Tree> azure,
        List<Tree> kubernetes,
        List<NodeOutputs> nodes,
        List<Tree> metrics,
        List<Tree.Scalar> symptoms,
        List<Tree.Scalar> agents,
        List<Gap> gaps,
        List<Problem> problems) {
    /** The format's version, the only one read and written. */
    public static final String API_VERSION = "tunnel-doctor/v1";

    /** The document's kind. */
    public static final String KIND = "ClusterFacts";

    public ClusterFacts {
        azure = List.copyOf(azure);
        kubernetes = List.copyOf(kubernetes);
        nodes = List.copyOf(nodes);
        metrics = List.copyOf(metrics);
        symptoms = List.copyOf(symptoms);
        agents = List.copyOf(agents);
        gaps = List.copyOf(gaps);
        problems = List.copyOf(problems);
    }

    /** A document that collection left no gaps in. */
    public ClusterFacts(
            String file,
            String apiVersion,
            Optional<String> scene,
            Optional<Expectation> expect,
            Optional<String> collected,
            List<Tree> azure,
            List<Tree> kubernetes,
            List<NodeOutputs> nodes,
            List<Tree> metrics,
            List<Tree.Scalar> symptoms,
            List<Tree.Scalar> agents,
            List<Problem> problems) {
        this(
                file,
                apiVersion,
                scene,
                expect,
                collected,
                azure,
                kubernetes,
                nodes,
                metrics,
                symptoms,
                agents,
                List.of(),
                problems);
    }

    /**
     * The verdicts a scene must lead to.
     *
     * @param found ids of the causes that must be diagnosed, all of them
     * @param cannotTell ids of the causes that must stay open, all of them
     */
    public record Expectation(List<String> found, List<String> cannotTell) {
        public Expectation {
            found = List.copyOf(found);
            cannotTell = List.copyOf(cannotTell);
        }
    }

    /**
     * What commands printed on one node.
     *
     * @param index 0-based position in the facts file's {@code nodes}
     * @param name the node's Kubernetes name, or any name if there is no Kubernetes object
     * @param address the node's InternalIP where the file states it; empty otherwise
     * @param inInterface the interface on which other nodes' traffic arrives, where the file states it
     */
    public record NodeOutputs(
            int index,
            String name,
            Optional<String> address,
            Optional<String> inInterface,
            List<CommandOutput> outputs,
            int line) {
        public NodeOutputs {
            outputs = List.copyOf(outputs);
        }
    }

    /**
     * @param command the command line, the document's key
     * @param text what it printed, standard output and standard error as they came
     * @param line the 1-based line of the facts file where the output begins
     */
    public record CommandOutput(String command, String text, int line) {}
}
