package tunneldoctor.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.NodeOutputs;
import tunneldoctor.model.EgressVerdict;
import tunneldoctor.model.NsgVerdict;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.Tree;
import tunneldoctor.model.Verdict;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.FactsFile;

/**
 * Takes parts of what Azure and Kubernetes print out of the facts, at random. What was certain may become unknown; it never
 * becomes the opposite, and what was unknown never becomes certain for want of evidence.
 */
class MissingFactsTest {
    /** Ways to cut each document; more by {@code -Doracle.missing=N}. */
    private static final int CUTS = Integer.getInteger("oracle.missing", 15);

    /**
     * Keys that Azure leaves out where there is none, so that a document without them is one about another cluster, not
     * one that says less.
     */
    private static final Set<String> NONE_IF_ABSENT = Set.of(
            "networkSecurityGroup",
            "routeTable",
            "natGateway",
            "applicationSecurityGroups",
            "sourceApplicationSecurityGroups",
            "destinationApplicationSecurityGroups",
            "virtualNetworkPeerings",
            "useRemoteGateways",
            "subnets",
            "networkInterfaces",
            "networkPluginMode",
            "podSubnetID",
            "podCidr",
            "apiServerAccessProfile",
            "enablePrivateCluster",
            "enableVnetIntegration",
            "firewallPolicy",
            "networkRuleCollections",
            "applicationRuleCollections",
            "natRuleCollections",
            "sourceIpGroups",
            "destinationIpGroups",
            "destinationFqdns",
            "terminateTLS",
            "defaultSecurityRules",
            "sourceAddressPrefixes",
            "destinationAddressPrefixes",
            "sourcePortRanges",
            "destinationPortRanges",
            "sourceAddressPrefix",
            "destinationAddressPrefix",
            "sourcePortRange",
            "destinationPortRange");

    private final Random random = new Random(20_261_130);

    @Test
    void nothingBecomesCertainForWantOfEvidence() throws Exception {
        int compared = 0;
        List<String> wrong = new ArrayList<>();
        for (ClusterFacts whole : documents()) {
            List<ReachPath> before = paths(whole);
            Map<String, Outcome> hopsBefore = hops(whole);
            for (int cut = 0; cut < CUTS; cut++) {
                List<String> removed = new ArrayList<>();
                ClusterFacts rest = without(whole, removed);
                List<ReachPath> after = paths(rest);
                hops(rest).forEach((hop, now) -> {
                    Outcome old = hopsBefore.getOrDefault(hop, now);
                    boolean byAdminRules = removed.stream().anyMatch(part -> part.contains("/ruleCollections/rules"));
                    if (now != Outcome.UNKNOWN && now != old && !byAdminRules) {
                        wrong.add(whole.file() + " " + whole.scene().orElse("") + " without " + removed + ": " + hop
                                + " was " + old + " and is " + now);
                    }
                });
                for (ReachPath old : before) {
                    for (ReachPath now : after) {
                        if (same(old, now)) {
                            compared++;
                            if (!mayBecome(old, now)) {
                                wrong.add(whole.file() + " " + whole.scene().orElse("") + " without " + removed + "\n  "
                                        + shown(old) + "\n  " + shown(now));
                            }
                        }
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(CUTS * 10);
    }

    /** An agent of which nothing is known any more may be the one that was. */
    private static boolean same(ReachPath old, ReachPath now) {
        return old.purpose() == now.purpose()
                && old.port() == now.port()
                && old.transport() == now.transport()
                && old.to().node().equals(now.to().node())
                && (old.from().equals(now.from()) || now.from().node().isEmpty());
    }

    private static String shown(ReachPath path) {
        return path.purpose() + " " + path.from() + " " + path.to() + " " + path.outcome() + " " + path.hop() + " "
                + path.decidedBy().map(at -> at.document()).orElse("") + " " + path.assumptions();
    }

    private static boolean mayBecome(ReachPath old, ReachPath now) {
        return now.outcome() == Outcome.UNKNOWN || now.outcome() == old.outcome() || named(old, now);
    }

    /** Whether what is taken for granted instead is said. */
    private static boolean named(ReachPath old, ReachPath now) {
        List<String> assumed = now.assumptions();
        boolean ownNode = old.to().node().equals(old.from().node());
        return assumed.stream().anyMatch(text -> text.startsWith("judged by the node's own firewall alone"))
                || ownNode && assumed.stream().anyMatch(text -> text.startsWith("the agent runs on another node"))
                || assumed.stream().anyMatch(text -> text.startsWith("no security admin rule"))
                        && old.assumptions().stream().noneMatch(text -> text.startsWith("no security admin rule"));
    }

    /** What the diagnosis rests on: what groups do for each target, and what the way out does. */
    private static Map<String, Outcome> hops(ClusterFacts facts) {
        Map<String, Outcome> hops = new TreeMap<>();
        for (Verdict verdict : PathAnalysis.of(FactReader.read(facts)).verdicts()) {
            if (verdict instanceof NsgVerdict) {
                verdict.nodes().forEach(node -> hops.merge("groups before " + node, verdict.outcome(), WORST));
            } else if (verdict instanceof EgressVerdict egress) {
                hops.merge("port " + egress.port(), verdict.outcome(), WORST);
            }
        }
        return hops;
    }

    private static final BinaryOperator<Outcome> WORST = (one, other) -> one.blocked() || other.blocked()
            ? Outcome.DROPPED
            : one == Outcome.UNKNOWN || other == Outcome.UNKNOWN ? Outcome.UNKNOWN : Outcome.ALLOWED;

    private static List<ReachPath> paths(ClusterFacts facts) {
        return Reach.of(FactReader.read(facts), Reach.Question.TUNNEL).paths();
    }

    // ---- what is taken out ----

    private ClusterFacts without(ClusterFacts whole, List<String> removed) {
        List<Tree> azure = new ArrayList<>(whole.azure());
        List<Tree> kubernetes = new ArrayList<>(whole.kubernetes());
        int parts = 1 + random.nextInt(3);
        for (int i = 0; i < parts; i++) {
            int kind = random.nextInt(8);
            if (kind == 0 && !kubernetes.isEmpty()) {
                removed.add(label(kubernetes.remove(random.nextInt(kubernetes.size()))));
            } else if (kind <= 3 && !azure.isEmpty()) {
                removed.add(label(azure.remove(random.nextInt(azure.size()))));
            } else if (!azure.isEmpty()) {
                int at = random.nextInt(azure.size());
                List<List<Object>> places = new ArrayList<>();
                keys(azure.get(at), List.of(), places);
                if (!places.isEmpty()) {
                    List<Object> place = places.get(random.nextInt(places.size()));
                    removed.add(label(azure.get(at)) + " " + place);
                    azure.set(at, without(azure.get(at), place));
                }
            }
        }
        return with(whole, azure, kubernetes, whole.nodes());
    }

    private static String label(Tree item) {
        return item.text("type").or(() -> item.text("kind")).orElse("?") + " "
                + item.text("name").or(() -> item.text("metadata", "name")).orElse("?");
    }

    private static void keys(Tree tree, List<Object> path, List<List<Object>> places) {
        if (tree instanceof Tree.Mapping mapping) {
            mapping.entries().forEach((key, value) -> {
                List<Object> deeper = new ArrayList<>(path);
                deeper.add(key);
                if (!NONE_IF_ABSENT.contains(key)) {
                    places.add(deeper);
                }
                keys(value, deeper, places);
            });
        } else if (tree instanceof Tree.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                List<Object> deeper = new ArrayList<>(path);
                deeper.add(i);
                keys(sequence.items().get(i), deeper, places);
            }
        }
    }

    private static Tree without(Tree tree, List<Object> place) {
        Object first = place.get(0);
        List<Object> rest = place.subList(1, place.size());
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, Tree> entries = new LinkedHashMap<>(mapping.entries());
            if (rest.isEmpty()) {
                entries.remove(first);
            } else {
                entries.computeIfPresent((String) first, (key, value) -> without(value, rest));
            }
            return new Tree.Mapping(entries, mapping.line());
        }
        Tree.Sequence sequence = (Tree.Sequence) tree;
        List<Tree> items = new ArrayList<>(sequence.items());
        items.set((Integer) first, without(items.get((Integer) first), rest));
        return new Tree.Sequence(items, sequence.line());
    }

    private static ClusterFacts with(
            ClusterFacts given, List<Tree> azure, List<Tree> kubernetes, List<NodeOutputs> nodes) {
        return new ClusterFacts(
                given.file(),
                given.apiVersion(),
                given.scene(),
                Optional.empty(),
                given.collected(),
                azure,
                kubernetes,
                nodes,
                List.of(),
                List.of(),
                given.agents(),
                given.problems());
    }

    // ---- from what ----

    private static List<ClusterFacts> documents() throws Exception {
        List<ClusterFacts> documents = new ArrayList<>();
        for (String folder : List.of("nsg", "egress", "incident.yaml", "healthy.yaml")) {
            try (Stream<Path> files = Files.walk(Path.of("facts-samples", folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    read(file).forEach(given -> documents.add(open(given)));
                }
            }
        }
        documents.addAll(clusters().stream().map(ClusterText::given).toList());
        return documents;
    }

    /** Clusters in which everything a part of the facts may decide does so. */
    private static List<ClusterText> clusters() {
        String through = "10.0.0.0/16 VirtualAppliance 10.0.9.4";
        return List.of(
                new ClusterText(),
                new ClusterText().routes("agents", "10.0.2.0/24 None"),
                new ClusterText().routes("nodes", "10.0.1.0/24 None"),
                new ClusterText().routes("agents", "10.0.0.0/8 None;0.0.0.0/0 None"),
                new ClusterText()
                        .routes("agents", through)
                        .routes("nodes", through)
                        .firewall("10.0.9.4", "* * 10250"),
                new ClusterText()
                        .routes("agents", through)
                        .routes("nodes", through)
                        .firewall("10.0.9.4", "* * 22"),
                new ClusterText()
                        .routes("agents", "0.0.0.0/0 VirtualAppliance 10.0.9.4")
                        .firewall("10.0.9.4", "* * 443"),
                new ClusterText()
                        .routes("agents", "0.0.0.0/0 VirtualAppliance 10.0.9.4")
                        .firewall("10.0.9.4", "* * 22"),
                new ClusterText().adminRule("m", "Inbound", 5, "Deny", "0.0.0.0/0", "0.0.0.0/0", "10250"),
                new ClusterText()
                        .adminRule("m", "Inbound", 5, "AlwaysAllow", "0.0.0.0/0", "0.0.0.0/0", "10250")
                        .group("nodes", "Inbound 100 Deny * * * *"),
                new ClusterText().group("nodes", "Inbound 100 Deny * 10.0.1.4 * *"),
                new ClusterText().group("nodes", "Inbound 100 Deny * 10.244.0.0/16 * *"),
                new ClusterText()
                        .profile("networkPlugin: azure")
                        .agentPodAddress("10.0.1.77")
                        .group("nodes", "Inbound 100 Allow * 10.0.1.77 * *;Inbound 200 Deny * * * *"),
                new ClusterText()
                        .applicationGroup("b", "/asg/nodes")
                        .group("nodes", "Inbound 100 Allow * * asg:/asg/nodes *;Inbound 200 Deny * * * *"),
                new ClusterText().group("agents", "Outbound 100 Deny * * Internet *"),
                new ClusterText()
                        .group("agents", "Outbound 100 Allow * * AzureCloud.westeurope 443;Outbound 200 Deny * * * *"),
                new ClusterText().gateway().group("nodes", "Inbound 100 Deny * Internet * *"),
                new ClusterText()
                        .group("nodes", "Inbound 100 Allow * VirtualNetwork * *;Inbound 200 Deny * * * *")
                        .routes("nodes", "0.0.0.0/0 Internet"));
    }

    /** The nodes' own firewalls are not the matter here. */
    private static ClusterFacts open(ClusterFacts given) {
        String save = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
        return with(
                given,
                given.azure(),
                given.kubernetes(),
                given.nodes().stream()
                        .map(node -> new NodeOutputs(
                                node.index(),
                                node.name(),
                                node.address(),
                                node.inInterface(),
                                List.of(new CommandOutput("iptables-save", save, node.line())),
                                node.line()))
                        .toList());
    }

    private static List<ClusterFacts> read(Path file) throws IOException {
        List<ClusterFacts> documents = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            FactsFile.read(file.toString(), in, documents::add);
        } catch (tunneldoctor.parse.UnreadableFactsException e) {
            throw new IOException(e.getMessage(), e);
        }
        return documents;
    }
}
