package tunneldoctor.parse;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Tree;

/**
 * Tells what a file is that holds a command's raw output, by what stands in it and, for commands on nodes, by its name.
 * <pre>
 * nsg.json               [{"id": "/subscriptions/…/networkSecurityGroups/nsg-nodes", …}]     a resource
 * pods.yaml              {apiVersion: v1, kind: PodList, items: […]}                         objects
 * iptables-save.txt      *filter …                                                          an output of iptables-save
 * collect/iptables.txt   Chain INPUT (policy ACCEPT 0 packets, 0 bytes) …                   one of iptables -L -v -n
 * </pre>
 */
public sealed interface Dump {
    /** Resources of Azure, or a page of them that is not the last. */
    record Azure(Tree tree) implements Dump {}

    /** An object of Kubernetes, a list of them, or the table kubectl prints. */
    record Kubernetes(Tree tree) implements Dump {}

    /** A reply of Azure Monitor, or a list of them. */
    record Metrics(Tree tree) implements Dump {}

    /** What a command printed on a node. */
    record Output(String command, String text) implements Dump {}

    /** The node's name. */
    record Hostname(String name) implements Dump {}

    /** The node's own address. */
    record Address(String address) implements Dump {}

    /** An error as the user saw it. */
    record Symptom(String text) implements Dump {}

    /** A whole document of facts. */
    record Document(ClusterFacts facts) implements Dump {}

    /** Nothing that a diagnosis rests on. */
    record Noise() implements Dump {}

    /** @param why what keeps it from being used, and what to do about it */
    record Unknown(String why) implements Dump {}

    /**
     * @param path the file's name, with the folders it lies in
     * @param text all that stands in it
     * @return one or more
     */
    static List<Dump> of(String path, String text) {
        if (text.isBlank()) {
            return List.of(new Unknown("is empty; that a command printed nothing, or was not there, looks the same"));
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        Optional<Dump> byName = DumpNames.read(name, text);
        if (byName.isPresent()) {
            return List.of(byName.get());
        }
        Optional<Dump> byText = DumpTexts.read(name, text);
        if (byText.isPresent()) {
            return List.of(byText.get());
        }
        List<Dump> symptoms = DumpTexts.symptoms(text);
        if (!symptoms.isEmpty()) {
            return symptoms;
        }
        return DumpTexts.looksStructured(name, text) ? structured(path, text) : List.of(DumpNames.noise(path));
    }

    /** What a file is that holds no text. */
    static Dump unreadable(String path) {
        return DumpNames.noise(path) instanceof Noise noise
                ? noise
                : new Unknown("is no text, neither in UTF-8 nor in UTF-16");
    }

    private static List<Dump> structured(String path, String text) {
        List<Dump> found = new ArrayList<>();
        try {
            TextSource source = new TextSource(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            TreeReader trees = TreeReader.of(path, source);
            for (Optional<TreeReader.Document> next = trees.next(); next.isPresent(); next = trees.next()) {
                Tree root = next.get().root();
                if (root.text("kind").filter(DocumentReader.KIND::equals).isPresent()) {
                    found.add(new Document(DocumentReader.read(
                            path, next.get(), source.replacedUpTo(next.get().lastLine()))));
                } else if (!(root instanceof Tree.Null)) {
                    found.add(DumpTrees.read(root, path, text));
                }
            }
        } catch (UnreadableFactsException e) {
            String why = String.valueOf(e.getMessage());
            int told = why.indexOf(": ");
            found.add(new Unknown(told < 0 ? why : why.substring(told + 2)));
        }
        return found.isEmpty() ? List.of(new Unknown("holds nothing but comments")) : found;
    }

    /** What the names of nodes look like where AKS gave them: of a scale set, of an availability set. */
    Pattern NODE_NAME = Pattern.compile("aks-[a-z0-9]{1,12}-[0-9]{5,12}-(?:vmss[0-9a-z]{6}|[0-9]{1,4})(?![0-9a-z])");
}
