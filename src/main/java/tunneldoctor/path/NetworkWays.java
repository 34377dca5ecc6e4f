package tunneldoctor.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Agent;
import tunneldoctor.model.Node;

/** Puts together what the network does between a sender's machine and the nodes. */
final class NetworkWays {
    private final List<String> assumptions;
    private final Exits exits;
    private final NsgHops groups;
    private final RouteHops routes;

    /** @param assumptions what is taken for granted on every way that is not blocked */
    NetworkWays(List<String> assumptions, Exits exits, NsgHops groups, RouteHops routes) {
        this.assumptions = assumptions;
        this.exits = exits;
        this.groups = groups;
        this.routes = routes;
    }

    /** The hops to each node, in the order they are crossed; of several exits what becomes of connections by any. */
    Map<Node, List<Hop>> to(List<Node> targets, Agent agent) {
        Map<Node, List<Hop>> inbound = groups.inbound(agent);
        List<Map<Node, List<Hop>>> byExit = new ArrayList<>();
        for (Exits.Exit exit : groups.kinds(exits.of(agent))) {
            byExit.add(joined(
                    targets, groups.outbound(exit, agent, targets), routes.hops(agent, Optional.of(exit), targets)));
        }
        if (byExit.isEmpty()) {
            byExit.add(routes.hops(agent, Optional.empty(), targets));
        }
        List<Hop> assumed =
                assumptions.isEmpty() ? List.of() : List.of(OwnMachines.pass(agent.addresses(), assumptions));
        Map<List<List<Hop>>, Hop> either = new HashMap<>();
        Map<Node, List<Hop>> hops = new HashMap<>();
        for (Node node : targets) {
            List<List<Hop>> ways = byExit.stream()
                    .map(out -> out.getOrDefault(node, List.of()))
                    .toList();
            List<Hop> out = ways.size() == 1
                    ? ways.get(0)
                    : List.of(either.computeIfAbsent(ways, any -> Fate.either(agent, any)));
            hops.put(node, joined(joined(assumed, out), inbound.getOrDefault(node, List.of())));
        }
        return hops;
    }

    private static Map<Node, List<Hop>> joined(
            List<Node> targets, Map<Node, List<Hop>> first, Map<Node, List<Hop>> then) {
        Map<Node, List<Hop>> both = new HashMap<>();
        for (Node node : targets) {
            both.put(node, joined(first.getOrDefault(node, List.of()), then.getOrDefault(node, List.of())));
        }
        return both;
    }

    private static List<Hop> joined(List<Hop> first, List<Hop> then) {
        List<Hop> both = new ArrayList<>(first);
        both.addAll(then);
        return both;
    }
}
