package tunneldoctor.parse;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Tree;

/** What the keys of a structured text say of it. */
final class DumpTrees {
    private static final String NODE_INTERFACE = "eth0";

    private DumpTrees() {}

    /** @param text all that the file holds */
    static Dump read(Tree root, String path, String text) {
        if (root.get("nftables").isPresent()) {
            return new Dump.Output("nft -j list ruleset", text);
        }
        if (isRunCommand(root)) {
            return new Dump.Unknown(
                    "is what a run-command printed, and nothing says which command it ran: name the file"
                            + " after it, as in \"iptables-save.txt\"");
        }
        if (all(root, DumpTrees::isObject)) {
            return new Dump.Kubernetes(root);
        }
        if (all(root, DumpTrees::isMetrics)) {
            return new Dump.Metrics(root);
        }
        if (AzureReader.recognises(root)) {
            return new Dump.Azure(root);
        }
        return DumpNames.noise(path) instanceof Dump.Noise noise
                ? noise
                : new Dump.Unknown("is no resource that names its type, and no object that names its kind");
    }

    /** Of one, or of each in a list. */
    private static boolean all(Tree root, Predicate<Tree> is) {
        return root instanceof Tree.Sequence list
                ? !list.items().isEmpty() && list.items().stream().allMatch(is)
                : is.test(root);
    }

    private static boolean isObject(Tree tree) {
        return tree.text("kind").isPresent()
                && (tree.text("apiVersion").isPresent() || tree.get("items").isPresent());
    }

    private static boolean isMetrics(Tree tree) {
        return tree.get("timespan").isPresent() && tree.get("value").isPresent();
    }

    /** A reply of {@code az vmss run-command invoke}. */
    private static boolean isRunCommand(Tree root) {
        List<Tree> values = root.items("value");
        return !values.isEmpty()
                && values.stream()
                        .allMatch(value -> value.text("code")
                                .filter(code ->
                                        code.startsWith("ProvisioningState/") || code.startsWith("ComponentStatus/"))
                                .isPresent());
    }

    /** The node's address among those that {@code ip -4 -j addr show} lists. */
    static Optional<String> address(String text) {
        try {
            Optional<TreeReader.Document> document = TreeReader.of(
                            "", new TextSource(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
                    .next();
            if (document.isEmpty() || !(document.get().root() instanceof Tree.Sequence interfaces)) {
                return Optional.empty();
            }
            return interfaces.items().stream()
                    .filter(one ->
                            one.text("ifname").filter(NODE_INTERFACE::equals).isPresent())
                    .flatMap(one -> one.items("addr_info").stream())
                    .filter(address ->
                            address.text("family").filter("inet"::equals).isPresent())
                    .flatMap(address -> address.text("local").stream())
                    .filter(address -> AddressSet.parseAddress(address).isPresent())
                    .findFirst();
        } catch (UnreadableFactsException e) {
            return Optional.empty();
        }
    }
}
