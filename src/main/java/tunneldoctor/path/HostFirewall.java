package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.model.AddressPrecedence;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostTablesUnreadable;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;
import tunneldoctor.model.Missing;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;

/**
 * Decides what a node's own firewall does with whole connections: the packet that opens one and all that follow, there
 * and back, through every table of both iptables backends and of nftables in the kernel's order.
 *
 * <p>One instance per distinct firewall serves any number of questions, of one thread.
 */
final class HostFirewall {
    static final int KUBELET_PORT = 10250;

    /** Where AKS nodes receive traffic from other nodes. */
    static final String USUAL_INTERFACE = "eth0";

    /** A rule may have to go for each of these before one gives up counting. */
    private static final int MAX_BLOCKERS = 64;

    /** An address on the network: no loopback, multicast or unset one can be a node's. */
    static final AddressSet UNICAST = AddressSet.ALL
            .minus(AddressSet.parse("0.0.0.0/8").orElseThrow())
            .minus(AddressSet.parse("127.0.0.0/8").orElseThrow())
            .minus(AddressSet.parse("224.0.0.0/3").orElseThrow());

    /** Past senders in thousands of pieces, a walk of more steps costs more than a short walk for each part of them. */
    private static final int MAX_STEPS = 64;

    private static final int MAX_CUTS = 128;

    /** Hooks in the order packets meet them. */
    private static final List<String> INCOMING = List.of("ingress", "prerouting", "input");

    private static final List<String> OUTGOING = List.of("output", "postrouting", "egress");

    /** Base chains of a lower priority meet packets before connection tracking does. */
    private static final int CONNECTION_TRACKING = -200;

    /** Where orders are too many to try all of them, each chain is at least tried first. */
    private static final int MAX_ORDERS = 8;

    private final HostTables tables;
    private final List<HostTablesUnreadable> unreadable;

    /** The command that would show tables known or feared to exist; empty if there are none such. */
    private final Optional<String> unseen;

    private final PertinentRules pertinent = new PertinentRules();
    private final Map<Subject, PertinentRules.Parting> partingOf = new HashMap<>();
    private final Map<Way, List<Stage>> stagesOf = new HashMap<>();

    HostFirewall(List<HostTable> tables, List<NftRuleset> rulesets, List<HostTablesUnreadable> unreadable) {
        this.tables = new HostTables(tables, rulesets);
        this.unreadable = List.copyOf(unreadable);
        this.unseen = unseen();
    }

    /**
     * @param direction INBOUND for connections to the node, OUTBOUND for those the node opens
     * @param senders where the connections start; for OUTBOUND the node's own addresses
     * @param peer the other end: for INBOUND the node's own address; empty if not known
     * @param device the interface they arrive on or leave by; empty if the facts do not say, then it is taken to be
     *     {@link #USUAL_INTERFACE}
     * @param mechanism whose blocks count; blocks of others let packets pass by, their accepts count. Empty for all
     * @param absent rules taken as if they were not there
     */
    record Question(
            Direction direction,
            Transport transport,
            int port,
            AddressSet senders,
            AddressSet peer,
            Optional<String> device,
            Optional<Mechanism> mechanism,
            Set<HostRule> absent) {
        Question(Direction direction, Flow flow) {
            this(
                    direction,
                    flow.transport(),
                    flow.port(),
                    flow.sources(),
                    flow.destination().addresses(),
                    Optional.empty(),
                    Optional.empty(),
                    Set.of());
        }

        boolean counts(Mechanism owner) {
            return mechanism.isEmpty() || mechanism.get() == owner;
        }

        Question judging(Mechanism owner) {
            return new Question(direction, transport, port, senders, peer, device, Optional.of(owner), absent);
        }

        Question arrivingOn(String name) {
            return new Question(direction, transport, port, senders, peer, Optional.of(name), mechanism, absent);
        }

        Question from(AddressSet some) {
            return new Question(direction, transport, port, some, peer, device, mechanism, absent);
        }

        Question without(Set<HostRule> rules) {
            return new Question(direction, transport, port, senders, peer, device, mechanism, rules);
        }
    }

    /** Whether any text shows the table and chain that filter in this direction. */
    boolean shown(Direction direction) {
        return !filters(direction).isEmpty();
    }

    /** Every set of destinations a rule tells apart. */
    Set<AddressSet> destinations() {
        Set<AddressSet> destinations = new LinkedHashSet<>();
        List<HostTables.Slot> slots = new ArrayList<>(tables.nativeSlots());
        HostTables.NAMES.forEach(name -> slots.addAll(tables.slots(name)));
        for (HostTables.Slot slot : slots) {
            for (HostTables.ChainText text : slot.all()) {
                for (HostRule rule : text.chain().rules()) {
                    for (Match match : rule.matches()) {
                        if (match instanceof Match.Destination destination) {
                            destinations.add(destination.addresses());
                        } else if (match instanceof Match.Connection connection
                                && connection.trait() instanceof Match.Connection.Addresses asked
                                && asked.end().called()) {
                            destinations.add(asked.addresses());
                        }
                    }
                }
            }
        }
        return destinations;
    }

    /** Decisions for disjoint sets of senders, together all that were asked about. */
    List<HostDecision> decide(Question question) {
        if (question.senders().isEmpty()) {
            return List.of();
        }
        if (question.senders().size() <= MAX_CUTS) {
            return decideAtOnce(question, pertinent.ofOften(question.senders()).of(question.mechanism()));
        }
        PertinentRules rules = pertinent.of(question.mechanism());
        PertinentRules.Parting parting = partingOf.computeIfAbsent(
                new Subject(question.direction(), question.transport(), question.port(), question.mechanism()),
                subject -> rules.parting(new Run(question, false, rules).entries()));
        if (parting.steps() <= MAX_STEPS) {
            List<HostDecision> strict = strictly(question, rules);
            if (strict.stream().noneMatch(HostFirewall::restsOnForm) || parting.cuts().length <= MAX_CUTS) {
                return readAsUsual(question, rules, strict);
            }
        }
        long[] cuts = parting.cuts();
        if (cuts.length <= MAX_CUTS) {
            return decideAtOnce(question, rules);
        }
        List<HostDecision> decisions = new ArrayList<>();
        decide(question, rules, cuts, 0, cuts.length, decisions);
        return merged(decisions);
    }

    /**
     * Decides for parts of the senders in which few rules begin: a set that thousands of rules cut into pieces makes every
     * step of a walk as long as the set, so that many short walks, each past the rules that concern its part, cost less
     * than one of many steps.
     */
    private void decide(
            Question question, PertinentRules rules, long[] cuts, int from, int to, List<HostDecision> into) {
        if (to - from <= MAX_CUTS) {
            into.addAll(decideAtOnce(question, rules));
            return;
        }
        int middle = (from + to) >>> 1;
        AddressSet below = question.senders().intersect(AddressSet.range(0, cuts[middle] - 1));
        AddressSet above = question.senders().minus(below);
        if (!below.isEmpty()) {
            decide(question.from(below), rules.of(below), cuts, from, middle, into);
        }
        if (!above.isEmpty()) {
            decide(question.from(above), rules.of(above), cuts, middle, to, into);
        }
    }

    /** What questions have in common for which the same rules matter. */
    private record Subject(Direction direction, Transport transport, int port, Optional<Mechanism> mechanism) {}

    /** Decisions that differ in nothing but the senders, as one. */
    private static List<HostDecision> merged(List<HostDecision> decisions) {
        FirstMet<HostRule> numbers = FirstMet.byIdentity(decisions.size());
        int[] places = new int[decisions.size()];
        // One place more for decisions of no rule.
        int[] counts = new int[decisions.size() + 1];
        for (int i = 0; i < places.length; i++) {
            HostDecision one = decisions.get(i);
            places[i] = one.rule().isPresent() ? 1 + numbers.of(one.rule().get(), one.lineHash()) : 0;
            counts[places[i]]++;
        }
        Map<Integer, List<HostDecision>> shared = new HashMap<>();
        List<List<HostDecision>> inOrder = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            HostDecision one = decisions.get(i);
            if (counts[places[i]] == 1) {
                inOrder.add(List.of(one));
                continue;
            }
            shared.computeIfAbsent(places[i], place -> {
                        List<HostDecision> fresh = new ArrayList<>();
                        inOrder.add(fresh);
                        return fresh;
                    })
                    .add(one);
        }
        List<HostDecision> merged = new ArrayList<>(inOrder.size());
        for (List<HostDecision> place : inOrder) {
            if (place.size() == 1) {
                merged.add(place.get(0));
            } else {
                addMerged(place, merged);
            }
        }
        return merged;
    }

    private static void addMerged(List<HostDecision> ofOnePlace, List<HostDecision> merged) {
        Map<List<Object>, List<HostDecision>> alike = new LinkedHashMap<>();
        ofOnePlace.forEach(one -> alike.computeIfAbsent(
                        List.of(one.outcome(), one.likely(), one.policyOf(), one.at(), one.varies(), one.doubts()),
                        how -> new ArrayList<>())
                .add(one));
        alike.values()
                .forEach(group -> merged.add(group.get(0)
                        .of(AddressSet.union(
                                group.stream().map(HostDecision::sources).toList()))));
    }

    private List<HostDecision> strictly(Question question, PertinentRules rules) {
        Run strict = new Run(question, false, rules);
        strict.go();
        return strict.decisions();
    }

    private List<HostDecision> decideAtOnce(Question question, PertinentRules rules) {
        return readAsUsual(question, rules, strictly(question, rules));
    }

    /** Decisions with the usual reading of what the form of the text hides, where one rests on that. */
    private List<HostDecision> readAsUsual(Question question, PertinentRules rules, List<HostDecision> decisions) {
        if (decisions.stream().noneMatch(HostFirewall::restsOnForm)) {
            return decisions;
        }
        Run usual = new Run(question, true, rules);
        usual.go();
        List<HostDecision> readings = usual.decisions();
        List<HostDecision> both = new ArrayList<>();
        for (HostDecision decision : decisions) {
            if (!restsOnForm(decision)) {
                both.add(decision);
                continue;
            }
            for (HostDecision reading : readings) {
                AddressSet common = decision.sources().intersect(reading.sources());
                if (!common.isEmpty()) {
                    both.add(combined(decision, reading, common));
                }
            }
        }
        return both;
    }

    /**
     * Every rule that has to go before connections of these senders pass the backend that decides, the deciding one first:
     * another backend's rules take another command. Ends early where a policy blocks, which no deletion clears.
     *
     * @param decided what {@link #decide} says of the question
     */
    List<HostRule> blockers(Question question, List<HostDecision> decided) {
        FirstMet<HostRule> gone = FirstMet.byIdentity(decided.size());
        List<HostDecision> found = new ArrayList<>();
        List<HostDecision> decisions = decided;
        while (addBlocking(decisions, gone, found) && gone.size() < MAX_BLOCKERS) {
            Set<HostRule> absent = Collections.newSetFromMap(new IdentityHashMap<>());
            absent.addAll(gone.inOrder());
            decisions = decide(question.without(absent));
        }
        List<HostRule> blockers = new ArrayList<>(found.size());
        Optional<HostTable> deciding =
                found.isEmpty() ? Optional.empty() : found.get(0).table();
        for (HostDecision decision : found) {
            if (decision.rule().isPresent() && sameBackend(decision.table(), deciding)) {
                blockers.add(decision.rule().get());
            }
        }
        return Collections.unmodifiableList(blockers);
    }

    private static boolean sameBackend(Optional<HostTable> one, Optional<HostTable> other) {
        return one.isPresent() == other.isPresent()
                && (one.isEmpty() || one.get().backend() == other.get().backend());
    }

    /** @return whether there is another rule among those that block */
    private static boolean addBlocking(
            List<HostDecision> decisions, FirstMet<HostRule> gone, List<HostDecision> found) {
        boolean more = false;
        for (HostDecision decision : decisions) {
            boolean blocks = decision.outcome().blocked() || decision.likely().blocked();
            if (blocks
                    && decision.rule().isPresent()
                    && gone.add(decision.rule().get(), decision.lineHash())) {
                found.add(decision);
                more = true;
            }
        }
        return more;
    }

    private static boolean restsOnForm(HostDecision decision) {
        return decision.outcome() == Outcome.UNKNOWN
                && (decision.doubts().contains(HostDoubt.HIDDEN_INTERFACE)
                        || decision.doubts().contains(HostDoubt.NAMED)
                        || decision.doubts().contains(HostDoubt.OMITTED));
    }

    private static HostDecision combined(HostDecision strict, HostDecision usual, AddressSet sources) {
        if (usual.outcome() == Outcome.UNKNOWN) {
            return new HostDecision(
                    sources,
                    Outcome.UNKNOWN,
                    usual.likely(),
                    strict.rule(),
                    strict.policyOf(),
                    strict.table(),
                    strict.at(),
                    strict.lineHash(),
                    strict.owner(),
                    strict.varies() || usual.varies(),
                    strict.doubts(),
                    strict.assumptions(),
                    strict.missing());
        }
        return new HostDecision(
                sources,
                Outcome.UNKNOWN,
                usual.outcome(),
                usual.rule(),
                usual.policyOf(),
                usual.table(),
                usual.at(),
                usual.lineHash(),
                usual.owner(),
                usual.varies(),
                strict.doubts(),
                usual.assumptions(),
                strict.missing());
    }

    private List<HostTables.ChainText> filters(Direction direction) {
        String chain = direction == Direction.INBOUND ? "INPUT" : "OUTPUT";
        List<HostTables.ChainText> found = new ArrayList<>();
        for (HostTables.Slot slot : tables.slots("filter")) {
            HostTables.ChainText text = slot.chain(chain);
            if (text != null) {
                found.add(text);
            }
        }
        return found;
    }

    /**
     * A base chain at its place in the kernel's order.
     *
     * @param hook its index among the hooks of one direction
     */
    private record Stage(
            HostTables.Slot slot, HostTables.ChainText chain, int hook, int priority, boolean nat, boolean primary) {
        boolean besides(Stage other) {
            return hook == other.hook && priority == other.priority;
        }

        boolean beforeTracking(boolean incoming) {
            String name = (incoming ? INCOMING : OUTGOING).get(hook);
            return priority < CONNECTION_TRACKING && (name.equals("prerouting") || name.equals("output"))
                    || name.equals("ingress");
        }

        boolean passesAll() {
            return chain.chain().rules().isEmpty()
                    && chain.chain().complete()
                    && chain.chain().policy().orElse("").equals("ACCEPT");
        }
    }

    /** What decides which base chains a packet meets. */
    private record Way(boolean incoming, boolean first, String device) {}

    private List<Stage> stages(Way way) {
        List<String> hooks = way.incoming() ? INCOMING : OUTGOING;
        List<Stage> stages = new ArrayList<>();
        for (int hook = 0; hook < hooks.size(); hook++) {
            String chain = hooks.get(hook).toUpperCase(Locale.ROOT);
            for (String name : HostTables.NAMES) {
                boolean nat = name.equals("nat");
                // Translation is chosen by a connection's first packet; what it does behind the filter of this node
                // changes nothing here.
                if (nat && (!way.first() || chain.equals("POSTROUTING") || chain.equals("INPUT"))) {
                    continue;
                }
                for (HostTables.Slot slot : tables.slots(name)) {
                    HostTables.ChainText text = slot.chain(chain);
                    if (text != null) {
                        boolean primary = name.equals("filter") && way.first();
                        stages.add(new Stage(slot, text, hook, priority(name), nat, primary));
                    }
                }
            }
            for (HostTables.Slot slot : tables.nativeSlots()) {
                for (HostTables.ChainText text : slot.all()) {
                    Optional<HostChain.Hook> at = text.chain().hook();
                    if (at.isPresent() && at.get().name().equals(hooks.get(hook)) && sees(at.get(), way.device())) {
                        boolean nat = at.get().type().equals("nat");
                        if (!nat || way.first()) {
                            stages.add(new Stage(slot, text, hook, at.get().priority(), nat, false));
                        }
                    }
                }
            }
        }
        stages.sort(Comparator.comparingInt(Stage::hook).thenComparingInt(Stage::priority));
        return stages;
    }

    private static boolean sees(HostChain.Hook hook, String device) {
        return hook.devices().isEmpty() || hook.devices().contains(device);
    }

    private static int priority(String table) {
        return switch (table) {
            case "raw" -> -300;
            case "mangle" -> -150;
            case "nat" -> -100;
            case "security" -> 50;
            default -> 0;
        };
    }

    /** What becomes of packets at one or several base chains. */
    private static final class Passage {
        final List<HostWalk.Claim> claims = new ArrayList<>();
        final HostDoubts doubts = new HostDoubts();
        Map<HostWalk.State, HostWalk.Reach> onward = new LinkedHashMap<>();

        void claim(HostWalk.Claim claim) {
            if (!claim.sources().isEmpty()) {
                claims.add(claim);
            }
        }

        AddressSet ended(HostWalk.End end, boolean sure) {
            return AddressSet.union(claims.stream()
                    .filter(claim -> claim.end() == end && claim.sure() == sure)
                    .map(HostWalk.Claim::sources)
                    .toList());
        }

        /** Senders whose packets fare otherwise than in another passage. */
        AddressSet differing(Passage other) {
            AddressSet differing = AddressSet.NONE;
            for (HostWalk.End end : List.of(HostWalk.End.DROP, HostWalk.End.REJECT, HostWalk.End.OPEN)) {
                for (boolean sure : new boolean[] {true, false}) {
                    differing = differing.union(apart(ended(end, sure), other.ended(end, sure)));
                }
            }
            Set<HostWalk.State> states = new LinkedHashSet<>(onward.keySet());
            states.addAll(other.onward.keySet());
            HostWalk.Reach nobody = new HostWalk.Reach(AddressSet.NONE, AddressSet.NONE);
            for (HostWalk.State state : states) {
                HostWalk.Reach here = onward.getOrDefault(state, nobody);
                HostWalk.Reach there = other.onward.getOrDefault(state, nobody);
                differing = differing.union(apart(here.sure, there.sure)).union(apart(here.may, there.may));
            }
            return differing;
        }

        private static AddressSet apart(AddressSet one, AddressSet other) {
            return one.equals(other) ? AddressSet.NONE : one.minus(other).union(other.minus(one));
        }

        /** Makes what some senders meet only possible, and what they meet in the other passage too. */
        void orAs(Passage other, AddressSet some) {
            List<HostWalk.Claim> before = List.copyOf(claims);
            claims.clear();
            for (HostWalk.Claim claim : before) {
                claim(claim.of(claim.sources().minus(some), claim.sure()));
                claim(claim.of(claim.sources().intersect(some), false));
            }
            for (HostWalk.Claim claim : other.claims) {
                claim(claim.of(claim.sources().intersect(some), false));
            }
            Map<HostWalk.State, HostWalk.Reach> both = new LinkedHashMap<>();
            onward.forEach((state, reach) ->
                    HostWalk.fall(both, state, reach.sure.minus(some), reach.may.union(reach.sure.intersect(some))));
            other.onward.forEach((state, reach) ->
                    HostWalk.fall(both, state, AddressSet.NONE, reach.all().intersect(some)));
            onward = both;
        }
    }

    /** One question, walked in one of the two readings. */
    private final class Run {
        private final Question question;
        private final HostMatcher matcher;
        private final PertinentRules rules;
        private final HostWalk.Summary total = new HostWalk.Summary();
        private final List<HostWalk.Claim> allowedBy = new ArrayList<>();
        private final List<HostWalk.Claim> refused = new ArrayList<>();
        private final Map<HostRule, AddressSet> counted = new IdentityHashMap<>();
        private final String device;
        private final AddressSet peer;
        private AddressSet passing;
        private AddressSet surelyPassing;
        private AddressSet tracked = AddressSet.ALL;
        private AddressSet perhapsEnded = AddressSet.NONE;
        private int endedClaims;
        private boolean interfaceConsulted;
        private List<String> assumed = List.of();

        Run(Question question, boolean likely, PertinentRules rules) {
            this.question = question;
            this.rules = rules;
            this.device = question.device().orElse(USUAL_INTERFACE);
            boolean leaves = question.direction() == Direction.OUTBOUND || device.equals(HostPacket.LOOPBACK);
            this.matcher = new HostMatcher(likely, () -> tables.translatesSources(question.senders(), leaves), unseen);
            this.peer = question.peer().isEmpty() ? UNICAST : question.peer();
            this.passing = question.senders();
            this.surelyPassing = question.senders();
        }

        void go() {
            boolean inbound = question.direction() == Direction.INBOUND;
            boolean tcp = question.transport() == Transport.TCP;
            packet(inbound, true, true, Set.of("SYN"), false);
            packet(!inbound, false, false, tcp ? Set.of("SYN", "ACK") : Set.of(), false);
            packet(inbound, true, false, tcp ? Set.of("ACK") : Set.of(), tcp);
            if (tcp) {
                packet(!inbound, false, false, Set.of("ACK"), true);
            }
            unseenTables();
        }

        private void packet(boolean incoming, boolean fromSender, boolean first, Set<String> flags, boolean mayPush) {
            if (passing.isEmpty()) {
                return;
            }
            HostPacket packet = packetOf(incoming, fromSender, first, flags, mayPush);
            Map<HostWalk.State, HostWalk.Reach> here = new LinkedHashMap<>();
            here.put(HostWalk.State.FRESH, new HostWalk.Reach(surelyPassing, HostWalk.without(passing, surelyPassing)));
            here = through(packet, here, total, true);
            refusals(packet);
            AddressSet passed = AddressSet.NONE;
            AddressSet untracked = AddressSet.NONE;
            for (Map.Entry<HostWalk.State, HostWalk.Reach> entry : here.entrySet()) {
                passed = passed.union(entry.getValue().all());
                if (entry.getKey().untracked()) {
                    untracked = untracked.union(entry.getValue().all());
                }
            }
            passing = passed;
            surelyPassing = HostWalk.without(passed, perhapsEnded());
            if (!untracked.isEmpty()) {
                tracked = tracked.minus(untracked);
            }
        }

        /** Those of whom some claim says that they perhaps end; who surely ends does not pass. */
        private AddressSet perhapsEnded() {
            if (endedClaims < total.claims.size()) {
                List<AddressSet> some = new ArrayList<>();
                some.add(perhapsEnded);
                for (HostWalk.Claim claim : total.claims.subList(endedClaims, total.claims.size())) {
                    if (!claim.sure()) {
                        some.add(claim.sources());
                    }
                }
                endedClaims = total.claims.size();
                perhapsEnded = AddressSet.union(some);
            }
            return perhapsEnded;
        }

        private HostPacket packetOf(
                boolean incoming, boolean fromSender, boolean first, Set<String> flags, boolean mayPush) {
            return new HostPacket(
                    question.transport().number(),
                    incoming,
                    device,
                    fromSender,
                    !incoming || device.equals(HostPacket.LOOPBACK),
                    peer,
                    question.port(),
                    first,
                    first ? "NEW" : "ESTABLISHED",
                    flags,
                    mayPush,
                    HostPacket.Refusal.NONE,
                    tracked,
                    HostPacket.Connection.of(
                            question.transport(),
                            peer,
                            incoming && device.equals(HostPacket.LOOPBACK),
                            !first,
                            !first && (fromSender || mayPush)));
        }

        /** Where the connection's packets enter tables, there and back. */
        Map<HostPacket, List<PertinentRules.Entry>> entries() {
            boolean inbound = question.direction() == Direction.INBOUND;
            Map<HostPacket, List<PertinentRules.Entry>> entries = new LinkedHashMap<>();
            for (HostPacket packet : List.of(
                    packetOf(inbound, true, true, Set.of(), false),
                    packetOf(!inbound, false, false, Set.of(), false))) {
                entries.put(
                        packet,
                        stages(packet).stream()
                                .map(stage -> new PertinentRules.Entry(stage.slot(), stage.chain()))
                                .toList());
            }
            return entries;
        }

        /** A refusal is a packet too, and the node's own rules may swallow it: then the client sees silence. */
        private void refusals(HostPacket packet) {
            List<HostWalk.Claim> claims = List.copyOf(refused);
            refused.clear();
            Map<String, List<HostWalk.Claim>> alike = new HashMap<>();
            for (HostWalk.Claim claim : claims) {
                alike.computeIfAbsent(claim.targetOptions(), key -> new ArrayList<>())
                        .add(claim);
            }
            Map<String, Answer> answers = new HashMap<>();
            List<HostWalk.Claim> answered = new ArrayList<>(claims.size());
            for (HostWalk.Claim claim : claims) {
                Answer answer = answers.computeIfAbsent(
                        claim.targetOptions(),
                        options -> answer(packet, claim.refusal(), alike.getOrDefault(options, List.of())));
                answered(claim, answer, answered);
            }
            total.claimAll(answered);
        }

        /** The senders whom a refusal surely reaches, and those whom it surely does not. */
        private record Answer(AddressSet arrives, AddressSet lost, boolean reachesAll) {}

        private Answer answer(HostPacket packet, HostPacket.Refusal refusal, List<HostWalk.Claim> claims) {
            AddressSet senders = AddressSet.union(
                    claims.stream().map(HostWalk.Claim::sources).toList());
            HostWalk.Summary swallowed = new HostWalk.Summary();
            Map<HostWalk.State, HostWalk.Reach> here = new LinkedHashMap<>();
            here.put(HostWalk.State.FRESH, new HostWalk.Reach(senders, AddressSet.NONE));
            here = through(answer(packet, refusal, claims, false), here, swallowed, false);
            if (!packet.incoming()) {
                // What the node sends itself comes in again; marks stay on it.
                here = through(answer(packet, refusal, claims, true), here, swallowed, false);
            }
            AddressSet passed = AddressSet.NONE;
            for (HostWalk.Reach reach : here.values()) {
                passed = passed.union(reach.all());
            }
            AddressSet stopped = AddressSet.union(
                    swallowed.claims.stream().map(HostWalk.Claim::sources).toList());
            AddressSet arrives = passed.minus(stopped);
            Answer answer = new Answer(arrives, stopped.minus(passed), arrives.equals(senders));
            AddressSet either = senders.minus(answer.arrives()).minus(answer.lost());
            total.doubts.raiseAll(swallowed.doubts, either);
            return answer;
        }

        /** What the kernel says to the sender of a packet that is rejected. */
        private HostPacket answer(
                HostPacket packet, HostPacket.Refusal refusal, List<HostWalk.Claim> claims, boolean incoming) {
            AddressSet seen = tracked.minus(AddressSet.union(claims.stream()
                    .filter(claim -> claim.state().untracked())
                    .map(HostWalk.Claim::sources)
                    .toList()));
            // A reset pretends to come from the peer, an ICMP message comes from any address of the node.
            boolean ofNode = packet.incoming() || !refusal.reset();
            AddressSet from = !packet.incoming() && !refusal.reset() ? question.senders() : peer;
            return new HostPacket(
                    refusal.reset() ? packet.protocol() : HostPacket.ICMP,
                    incoming,
                    packet.incoming() ? device : HostPacket.LOOPBACK,
                    false,
                    ofNode,
                    from,
                    question.port(),
                    false,
                    "RELATED",
                    refusal.reset() ? (packet.first() ? Set.of("RST", "ACK") : Set.of("RST")) : Set.of(),
                    false,
                    refusal,
                    seen,
                    packet.connection());
        }

        private static void answered(HostWalk.Claim claim, Answer answer, List<HostWalk.Claim> into) {
            if (answer.reachesAll()) {
                into.add(claim);
                return;
            }
            HostWalk.Claim silent = claim.ending(HostWalk.End.DROP);
            AddressSet either = claim.sources().minus(answer.arrives()).minus(answer.lost());
            into.add(claim.of(claim.sources().intersect(answer.arrives()), claim.sure()));
            into.add(silent.of(claim.sources().intersect(answer.lost()), claim.sure()));
            into.add(claim.of(either, false));
            into.add(silent.of(either, false));
        }

        /** Through every base chain on a packet's way; what passes all of them. */
        private Map<HostWalk.State, HostWalk.Reach> through(
                HostPacket packet,
                Map<HostWalk.State, HostWalk.Reach> from,
                HostWalk.Summary into,
                boolean ofConnection) {
            Map<HostWalk.State, HostWalk.Reach> here = from;
            List<Stage> stages = stages(packet);
            for (int i = 0; i < stages.size() && !here.isEmpty(); ) {
                int next = i + 1;
                while (next < stages.size() && stages.get(next).besides(stages.get(i))) {
                    next++;
                }
                Passage passage = inAnyOrder(stages.subList(i, next), packet, here);
                into.doubts.raiseAll(passage.doubts, AddressSet.ALL);
                List<HostWalk.Claim> ends = new ArrayList<>(passage.claims.size());
                for (HostWalk.Claim claim : passage.claims) {
                    if (claim.end() == HostWalk.End.ACCEPT) {
                        allowedBy.add(claim);
                    } else if (claim.end() == HostWalk.End.REJECT && ofConnection) {
                        refused.add(claim);
                    } else {
                        ends.add(claim);
                    }
                }
                into.claimAll(ends);
                here = passage.onward;
                i = next;
            }
            return here;
        }

        /** Base chains of equal priority: who registered last comes first, and no text shows who did. */
        private Passage inAnyOrder(List<Stage> stages, HostPacket packet, Map<HostWalk.State, HostWalk.Reach> from) {
            Passage passage = inOrder(stages, packet, from);
            List<Stage> busy = new ArrayList<>(stages.size());
            for (Stage stage : stages) {
                if (!stage.passesAll()) {
                    busy.add(stage);
                }
            }
            boolean orderMatters = busy.size() > 1
                    && (passage.claims.stream().anyMatch(claim -> claim.end() != HostWalk.End.ACCEPT)
                            || !from.keySet().containsAll(passage.onward.keySet()));
            for (int first = 1; orderMatters && first < Math.min(busy.size(), MAX_ORDERS); first++) {
                List<Stage> order = new ArrayList<>(busy.subList(first, busy.size()));
                order.addAll(busy.subList(0, first));
                Passage other = inOrder(order, packet, from);
                AddressSet differing = passage.differing(other);
                if (!differing.isEmpty()) {
                    passage.orAs(other, differing);
                    passage.doubts.raiseAll(other.doubts, AddressSet.ALL);
                    String about = stages.stream()
                            .map(stage -> stage.slot().name())
                            .distinct()
                            .collect(java.util.stream.Collectors.joining(", "));
                    passage.doubts.raise(HostDoubt.ORDER, differing, Optional.empty(), about);
                }
            }
            return passage;
        }

        private Passage inOrder(List<Stage> stages, HostPacket packet, Map<HostWalk.State, HostWalk.Reach> from) {
            Passage passage = new Passage();
            passage.onward = from;
            for (Stage stage : stages) {
                Map<HostWalk.State, HostWalk.Reach> here = passage.onward;
                if (here.isEmpty()) {
                    break;
                }
                passage.onward = new LinkedHashMap<>();
                stage(stage, packet, here, passage);
            }
            return passage;
        }

        private void stage(Stage stage, HostPacket packet, Map<HostWalk.State, HostWalk.Reach> here, Passage passage) {
            AddressSet universe = here.size() == 1
                    ? here.values().iterator().next().all()
                    : AddressSet.union(
                            here.values().stream().map(HostWalk.Reach::all).toList());
            // What answers a packet, or left the node just now, belongs to its connection from the start.
            boolean belongs = packet.state().equals("RELATED") || packet.leftBefore();
            boolean early = stage.beforeTracking(packet.incoming()) && !belongs;
            HostPacket seen = early ? packet.beforeTracking() : packet;
            HostWalk walk = new HostWalk(
                    stage.slot(),
                    seen,
                    universe,
                    stage.nat(),
                    matcher,
                    question::counts,
                    question.absent(),
                    rules,
                    counted);
            here.forEach((state, reach) -> {
                if (stage.nat() && state.untracked()) {
                    HostWalk.fall(passage.onward, state, reach.sure, reach.may);
                    return;
                }
                HostWalk.Summary summary = walk.base(stage.chain(), state);
                HostWalk.Falls falls = new HostWalk.Falls();
                AddressSet all = reach.all();
                summary.counted()
                        .forEach((rule, some) ->
                                counted.merge(rule, HostWalk.within(reach.sure, some), AddressSet::union));
                passage.doubts.raiseAll(summary.doubts, all);
                for (HostWalk.Claim found : summary.claims) {
                    HostWalk.Claim claim = found.sure() && perhaps(stage, state, found) ? found.unsure() : found;
                    if (claim.sure() != found.sure()) {
                        AddressSet met = HostWalk.within(all, claim.sources());
                        falls.add(state, AddressSet.NONE, met);
                        passage.doubts.raise(
                                HostDoubt.TRACKING,
                                met,
                                Optional.ofNullable(claim.rule()),
                                stage.chain().chain().name());
                    }
                    // What a walk says is of the senders it was made for.
                    AddressSet certain =
                            reach.sure == universe ? claim.sources() : HostWalk.within(reach.sure, claim.sources());
                    AddressSet sure = claim.sure() ? certain : AddressSet.NONE;
                    AddressSet may = HostWalk.within(claim.sure() ? reach.may : all, claim.sources());
                    if (claim.end() == HostWalk.End.ACCEPT) {
                        falls.add(claim.state(), sure, may);
                        if (stage.primary() && packet.first()) {
                            passage.claim(claim.of(sure.union(may), true));
                        }
                        continue;
                    }
                    // Nothing is known of the connection to which a refusal at an early hook belongs.
                    HostWalk.Claim own = early ? claim.untracked() : claim;
                    if (!sure.isEmpty()) {
                        passage.claim(own.of(sure, true));
                    }
                    if (!may.isEmpty()) {
                        passage.claim(own.of(may, false));
                    }
                }
                falls.into(passage.onward);
            });
        }

        /** Whether the end of a chain that may never be entered makes a difference. */
        private boolean perhaps(Stage stage, HostWalk.State state, HostWalk.Claim claim) {
            boolean none = claim.end() == HostWalk.End.ACCEPT && claim.state().equals(state);
            return stage.nat() && !none && !tables.tracksConnections();
        }

        private List<Stage> stages(HostPacket packet) {
            List<Stage> stages = stagesOf.computeIfAbsent(
                    new Way(packet.incoming(), packet.first(), packet.device()), HostFirewall.this::stages);
            interfaceConsulted |= question.device().isEmpty() && !stages.isEmpty();
            return stages;
        }

        /** Tables that exist and are not shown may block what passes all others. */
        private void unseenTables() {
            if (unseen.isPresent() && !passing.isEmpty()) {
                total.doubt(HostDoubt.OTHER_TABLES, passing, null, unseen.get());
            }
        }

        List<HostDecision> decisions() {
            assumed = assumptions();
            List<HostDecision> decisions = new ArrayList<>(total.claims.size() + 1);
            Set<HostDoubt> none = Set.of();
            boolean unseen = total.doubts.any(HostDoubt.OTHER_TABLES);
            boolean nothing = filters(question.direction()).isEmpty() && !filterKnownEmpty();
            List<HostWalk.Claim> open = new ArrayList<>();
            for (HostWalk.Claim claim : total.claims) {
                if (claim.sure()) {
                    boolean told = claim.end() != HostWalk.End.OPEN;
                    decisions.add(decided(claim, outcome(claim.end()), told ? none : doubts(claim.sources())));
                } else {
                    open.add(claim);
                }
            }
            if (!open.isEmpty()) {
                open(open, decisions);
            }
            allowed(surelyPassing, nothing || unseen, decisions);
            return decisions;
        }

        /** Decides for the senders of whom no claim is sure. */
        private void open(List<HostWalk.Claim> open, List<HostDecision> decisions) {
            AddressSet certain = AddressSet.union(
                    decisions.stream().map(HostDecision::sources).toList());
            AddressSet dropped = ending(open, HostWalk.End.DROP);
            AddressSet rejected = ending(open, HostWalk.End.REJECT);
            AddressSet untold = ending(open, HostWalk.End.OPEN);
            AddressSet mayPass = passing.minus(surelyPassing);
            AddressSet rest = question.senders().minus(certain).minus(surelyPassing);
            AddressSet onlyDropped =
                    rest.intersect(dropped).minus(rejected).minus(untold).minus(mayPass);
            AddressSet onlyRejected =
                    rest.intersect(rejected).minus(dropped).minus(untold).minus(mayPass);
            AddressSet unclear = rest.minus(onlyDropped).minus(onlyRejected);
            AddressSet blockedAnyway = unclear.minus(mayPass).minus(untold);
            // The first claim about a sender is the one to be named.
            AddressPrecedence precedence = AddressPrecedence.of(
                    open.stream().map(HostWalk.Claim::sources).toList());
            for (int i = 0; i < open.size(); i++) {
                HostWalk.Claim claim = open.get(i);
                boolean drop = claim.end() == HostWalk.End.DROP;
                AddressSet alike = precedence.left(i).intersect(drop ? onlyDropped : onlyRejected);
                if (!alike.isEmpty() && claim.end() != HostWalk.End.OPEN) {
                    decisions.add(decided(claim.of(alike, true), outcome(claim.end()), Set.of()));
                }
            }
            // Where senders are known, each is told the reason of its own doubt.
            boolean known = question.senders().size() <= MAX_CUTS;
            for (int i = 0; i < open.size(); i++) {
                AddressSet here = precedence.left(i).intersect(unclear);
                for (AddressSet alike : known ? total.doubts.apart(here) : List.of(here)) {
                    split(open.get(i), alike, blockedAnyway, decisions);
                }
            }
        }

        private static AddressSet ending(List<HostWalk.Claim> claims, HostWalk.End end) {
            return AddressSet.union(claims.stream()
                    .filter(claim -> claim.end() == end)
                    .map(HostWalk.Claim::sources)
                    .toList());
        }

        private void split(
                HostWalk.Claim claim, AddressSet here, AddressSet blockedAnyway, List<HostDecision> decisions) {
            AddressSet blocked = here.intersect(blockedAnyway);
            if (!blocked.isEmpty()) {
                // Dropped or rejected: which is open, that it fails is not.
                HostDecision decision = decided(claim.of(blocked, false), Outcome.UNKNOWN, doubts(blocked));
                decisions.add(withLikely(decision, outcome(claim.end())));
            }
            AddressSet other = here.minus(blockedAnyway);
            if (!other.isEmpty()) {
                decisions.add(decided(claim.of(other, false), Outcome.UNKNOWN, doubts(other)));
            }
        }

        private void allowed(AddressSet sources, boolean uncertain, List<HostDecision> decisions) {
            AddressPrecedence by = AddressPrecedence.of(
                    allowedBy.stream().map(HostWalk.Claim::sources).toList());
            for (int i = 0; i < allowedBy.size(); i++) {
                AddressSet here = sources.intersect(by.left(i));
                if (!here.isEmpty()) {
                    decisions.add(decided(
                            allowedBy.get(i).of(here, true),
                            uncertain ? Outcome.UNKNOWN : Outcome.ALLOWED,
                            uncertain ? doubts(here) : Set.of()));
                }
            }
            AddressSet left = sources.minus(by.all());
            if (!left.isEmpty()) {
                Set<HostDoubt> doubts = uncertain ? doubts(left) : Set.of();
                decisions.add(new HostDecision(
                        left,
                        uncertain ? Outcome.UNKNOWN : Outcome.ALLOWED,
                        Outcome.UNKNOWN,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        question.mechanism().orElse(Mechanism.IPTABLES),
                        false,
                        doubts,
                        assumed,
                        uncertain ? missing(doubts, left) : List.of()));
            }
        }

        private HostDecision decided(HostWalk.Claim claim, Outcome outcome, Set<HostDoubt> doubts) {
            HostTables.ChainText policy = claim.policy();
            HostRule rule = claim.rule();
            SourceRef at = rule == null && policy != null ? policy.chain().source() : claim.at();
            return new HostDecision(
                    claim.sources(),
                    outcome,
                    Outcome.UNKNOWN,
                    Optional.ofNullable(rule),
                    policy == null
                            ? Optional.empty()
                            : Optional.of(policy.chain().name()),
                    Optional.of(claim.table()),
                    Optional.ofNullable(at),
                    rule == null && at != null ? at.hashCode() : claim.lineHash(),
                    claim.owner(),
                    doubts.contains(HostDoubt.VARIES),
                    doubts,
                    assumed,
                    outcome == Outcome.UNKNOWN ? missing(doubts, claim.sources()) : List.of());
        }

        private HostDecision withLikely(HostDecision d, Outcome likely) {
            return new HostDecision(
                    d.sources(),
                    d.outcome(),
                    likely == Outcome.ALLOWED ? Outcome.UNKNOWN : likely,
                    d.rule(),
                    d.policyOf(),
                    d.table(),
                    d.at(),
                    d.lineHash(),
                    d.owner(),
                    d.varies(),
                    d.doubts(),
                    d.assumptions(),
                    d.missing());
        }

        private Set<HostDoubt> doubts(AddressSet sources) {
            Set<HostDoubt> found = total.doubts.of(sources);
            if (found.isEmpty()) {
                found.add(HostDoubt.OTHER_TABLES);
            }
            return found;
        }

        private Outcome outcome(HostWalk.End end) {
            return switch (end) {
                case ACCEPT -> Outcome.ALLOWED;
                case DROP -> Outcome.DROPPED;
                case REJECT -> Outcome.REJECTED;
                case OPEN -> Outcome.UNKNOWN;
            };
        }

        private List<String> assumptions() {
            List<String> assumptions = new ArrayList<>();
            if (interfaceConsulted && matcher.interfaceConsulted()) {
                assumptions.add("traffic of other nodes passes interface " + USUAL_INTERFACE);
            }
            if (matcher.markConsulted()) {
                assumptions.add("packets carry no mark but those the rules shown here give them");
            }
            if (matcher.namesConsulted()) {
                assumptions.add("no host is named \"anywhere\"");
            }
            if (unseen.isPresent()) {
                assumptions.add("tables not shown do not end what these rules end in another way");
            }
            assumptions.addAll(unshown());
            return List.copyOf(assumptions);
        }

        private List<Missing> missing(Set<HostDoubt> doubts, AddressSet sources) {
            Set<Missing> missing = new LinkedHashSet<>();
            if (filters(question.direction()).isEmpty() && !filterKnownEmpty()) {
                missing.add(new Missing("the node's iptables rules", "iptables-save"));
            }
            for (HostDoubt doubt : doubts) {
                total.doubts
                        .first(doubt, sources)
                        .ifPresent(raised -> missing.add(HostMissing.of(doubt, raised, question)));
            }
            return List.copyOf(missing);
        }
    }

    /** Whether the evidence says that no chain filters, because the table is whole and has none. */
    private boolean filterKnownEmpty() {
        return tables.slots("filter").stream().anyMatch(HostTables.Slot::whole);
    }

    private Optional<String> unseen() {
        if (tables.otherBackendHinted()) {
            return Optional.of("iptables-legacy-save");
        }
        if (tables.nftCutOff()) {
            return Optional.of("nft list ruleset");
        }
        for (HostTablesUnreadable one : unreadable) {
            Optional<String> command = unseen(one);
            if (command.isPresent()) {
                return command;
            }
        }
        return Optional.empty();
    }

    private Optional<String> unseen(HostTablesUnreadable one) {
        String command = one.command();
        boolean absent = one.reason().contains("not found");
        boolean silentLegacy = command.contains("legacy-save") && one.reason().contains("printed nothing");
        // An nft node may hold no legacy tables, and a legacy node nothing of nftables: then these tools print nothing.
        boolean silentNft = command.startsWith("nft") && one.reason().contains("printed nothing");
        if (absent || silentLegacy || silentNft || command.contains("ip6tables")) {
            return Optional.empty();
        }
        if (command.startsWith("nft")) {
            return tables.nftShown() ? Optional.empty() : Optional.of(command);
        }
        HostTable.Backend backend = command.contains("legacy")
                ? HostTable.Backend.LEGACY
                : command.contains("-nft") ? HostTable.Backend.NFT : HostTable.Backend.UNSTATED;
        boolean shown =
                backend == HostTable.Backend.UNSTATED ? !tables.given().isEmpty() : tables.backendShown(backend);
        return shown && !one.reason().contains("only nft") ? Optional.empty() : Optional.of(command);
    }

    /** What is not shown and taken to be at its default, for people. */
    private List<String> unshown() {
        List<String> assumptions = new ArrayList<>();
        if (tables.given().isEmpty() && !tables.nftShown()) {
            return assumptions;
        }
        List<String> names = new ArrayList<>();
        for (String name : HostTables.NAMES) {
            if (tables.slots(name).isEmpty()) {
                names.add(name);
            }
        }
        if (!names.isEmpty()) {
            assumptions.add("tables not shown are at their default: " + String.join(", ", names));
        }
        boolean replies = false;
        for (HostTables.Slot slot : tables.slots("filter")) {
            replies |= !slot.whole() && (slot.chain("OUTPUT") == null || slot.chain("INPUT") == null);
        }
        if (replies) {
            assumptions.add("chains of table filter that are not shown let everything pass");
        }
        if (!tables.backendShown(HostTable.Backend.LEGACY)) {
            assumptions.add("the other iptables backend holds no rules");
        } else if (!tables.backendShown(HostTable.Backend.NFT)) {
            assumptions.add("iptables-nft holds no rules");
        }
        if (!tables.nftShown()) {
            assumptions.add("nftables holds no rules of its own");
        }
        return assumptions;
    }
}
