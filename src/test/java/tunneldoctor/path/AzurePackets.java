package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AdminRule;
import tunneldoctor.model.Direction;
import tunneldoctor.model.NsgRule;

/**
 * What Azure does with one packet, written from its documentation alone and rule by rule: the oracle's own reading of
 * addresses, ports and tags, of which nothing is shared with the code it judges. The network is 10.1.0.0/16 and
 * 10.2.0.0/24, its peer 10.3.0.0/24, and routes name 172.20.0.0/16 and the public 198.51.100.0/24.
 */
final class AzurePackets {
    private AzurePackets() {}

    /** @param protocol {@code tcp} or {@code udp} */
    record Packet(
            Direction direction,
            String protocol,
            int[] from,
            int fromPort,
            Set<String> fromGroups,
            int[] to,
            int toPort,
            Set<String> toGroups) {}

    /**
     * What the facts leave open, settled one way.
     *
     * @param coversSource unknown tags that hold the packet's source
     * @param coversDestination unknown tags that hold its destination
     * @param matching names of unreadable rules that match it
     * @param defaultRoute whether the VirtualNetwork tag holds the default route
     * @param backwards whether of two rules of one priority the later one counts
     */
    record World(
            Set<String> coversSource,
            Set<String> coversDestination,
            Set<String> matching,
            boolean defaultRoute,
            boolean backwards) {
        static final World KNOWN = new World(Set.of(), Set.of(), Set.of(), false, false);
    }

    /** Both layers must let a packet through; security admin rules come before either. */
    static boolean passes(List<AdminRule> admin, List<List<NsgRule>> layers, Packet packet, World world) {
        List<AdminRule> ordered = new ArrayList<>(admin);
        ordered.sort(Comparator.comparingInt(a -> a.rule().priority()));
        for (AdminRule rule : ordered) {
            if (hits(rule.rule(), packet, world)) {
                if (rule.access().equals("Deny")) {
                    return false;
                }
                if (rule.access().equals("AlwaysAllow")) {
                    return true;
                }
                break;
            }
        }
        for (List<NsgRule> layer : layers) {
            if (!layer(layer, packet, world)) {
                return false;
            }
        }
        return true;
    }

    private static boolean layer(List<NsgRule> rules, Packet packet, World world) {
        List<NsgRule> ordered = new ArrayList<>(rules);
        if (world.backwards) {
            java.util.Collections.reverse(ordered);
        }
        ordered.sort(Comparator.comparingInt(NsgRule::priority));
        // The default rules are there whether or not they are printed, so printed ones add nothing.
        ordered.removeIf(rule -> rule.priority() >= 65_000);
        for (NsgRule rule : ordered) {
            if (hits(rule, packet, world)) {
                return rule.allow();
            }
        }
        if (exempt(packet)) {
            return true;
        }
        boolean fromNetwork = tag("VirtualNetwork", packet.from, world, world.coversSource);
        boolean toNetwork = tag("VirtualNetwork", packet.to, world, world.coversDestination);
        if (fromNetwork && toNetwork) {
            return true;
        }
        return packet.direction == Direction.INBOUND
                ? platform(packet.from)
                : tag("Internet", packet.to, world, world.coversDestination);
    }

    private static boolean exempt(Packet packet) {
        return packet.direction == Direction.OUTBOUND && (platform(packet.to) || metadata(packet.to));
    }

    private static boolean platform(int[] ip) {
        return ip[0] == 168 && ip[1] == 63 && ip[2] == 129 && ip[3] == 16;
    }

    private static boolean metadata(int[] ip) {
        return ip[0] == 169 && ip[1] == 254 && ip[2] == 169 && ip[3] == 254;
    }

    private static boolean hits(NsgRule rule, Packet packet, World world) {
        if (rule.direction() != packet.direction) {
            return false;
        }
        if (!rule.understood()) {
            return world.matching.contains(rule.name());
        }
        String protocol = rule.protocol();
        if (!protocol.equals("*") && !protocol.equals("Any") && !protocol.equalsIgnoreCase(packet.protocol)) {
            return false;
        }
        return port(rule.sourcePorts(), packet.fromPort)
                && port(rule.destinationPorts(), packet.toPort)
                && end(rule.sourcePrefixes(), rule.sourceGroups(), packet.from, packet.fromGroups, world, false, false)
                && end(
                        rule.destinationPrefixes(),
                        rule.destinationGroups(),
                        packet.to,
                        packet.toGroups,
                        world,
                        true,
                        exempt(packet));
    }

    private static boolean port(List<String> texts, int port) {
        for (String text : texts) {
            if (text.equals("*")) {
                return true;
            }
            String[] ends = text.split("-");
            if (port >= Integer.parseInt(ends[0]) && port <= Integer.parseInt(ends[ends.length - 1])) {
                return true;
            }
        }
        return false;
    }

    private static boolean end(
            List<String> prefixes,
            List<String> wanted,
            int[] ip,
            Set<String> groups,
            World world,
            boolean destination,
            boolean exempt) {
        if (!exempt) {
            Set<String> common = new HashSet<>(wanted);
            common.retainAll(groups);
            if (!common.isEmpty()) {
                return true;
            }
        }
        for (String prefix : prefixes) {
            if ((!exempt || prefix.startsWith("AzurePlatform"))
                    && prefix(prefix, ip, world, destination ? world.coversDestination : world.coversSource)) {
                return true;
            }
        }
        return false;
    }

    private static boolean prefix(String text, int[] ip, World world, Set<String> covering) {
        if (text.equals("*")) {
            return true;
        }
        if (text.contains(":")) {
            return false;
        }
        if (!Character.isDigit(text.charAt(0))) {
            return tag(text, ip, world, covering);
        }
        String[] parts = text.split("/");
        int bits = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        int[] net = octets(parts[0]);
        for (int bit = 0; bit < bits; bit++) {
            int shift = 7 - bit % 8;
            if ((net[bit / 8] >> shift & 1) != (ip[bit / 8] >> shift & 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean tag(String name, int[] ip, World world, Set<String> covering) {
        boolean space = ip[0] == 10 && ip[1] == 1
                || ip[0] == 10 && ip[1] == 2 && ip[2] == 0
                || ip[0] == 10 && ip[1] == 3 && ip[2] == 0
                || platform(ip);
        boolean publicRoute = ip[0] == 198 && ip[1] == 51 && ip[2] == 100;
        boolean route = ip[0] == 172 && ip[1] == 20 || publicRoute;
        switch (name) {
            case "VirtualNetwork":
                return space || route || world.defaultRoute;
            case "Internet":
                return publicSpace(ip) && !space && (publicRoute ? covering.contains("Internet") : !world.defaultRoute);
            case "AzureLoadBalancer":
            case "AzurePlatformDNS":
                return platform(ip);
            case "AzurePlatformIMDS":
                return metadata(ip);
            case "Storage":
            case "AzureCloud":
                return publicSpace(ip) && covering.contains(name);
            default:
                return covering.contains(name);
        }
    }

    static boolean publicSpace(int[] ip) {
        boolean reserved = ip[0] == 10
                || ip[0] == 172 && ip[1] >= 16 && ip[1] < 32
                || ip[0] == 192 && ip[1] == 168
                || ip[0] == 100 && ip[1] >= 64 && ip[1] < 128
                || ip[0] == 169 && ip[1] == 254
                || ip[0] == 127
                || ip[0] == 0
                || ip[0] >= 224;
        return !reserved;
    }

    static int[] octets(String text) {
        String[] parts = text.split("\\.");
        int[] octets = new int[4];
        for (int i = 0; i < 4; i++) {
            octets[i] = Integer.parseInt(parts[i]);
        }
        return octets;
    }

    static long number(String text) {
        int[] ip = octets(text);
        return ((ip[0] * 256L + ip[1]) * 256 + ip[2]) * 256 + ip[3];
    }

    /** The one answer of all worlds, or empty if two differ. */
    static Optional<Boolean> agreed(Iterable<Boolean> answers) {
        Set<Boolean> all = new HashSet<>();
        answers.forEach(all::add);
        return all.size() == 1 ? Optional.of(all.iterator().next()) : Optional.empty();
    }
}
