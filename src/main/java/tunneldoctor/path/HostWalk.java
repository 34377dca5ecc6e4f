package tunneldoctor.path;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressPrecedence;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;
import tunneldoctor.model.SourceRef;

/**
 * One kind of packet through one table, for all senders at once.
 *
 * <p>Each chain is walked once per packet mark it is entered with, whatever the number of rules that enter it; what it
 * does is kept as a {@link Summary}. So the cost is linear in the rules, and chains that each enter the next twice cost
 * no more than once.
 *
 * <p>A rule that may or may not catch a packet parts the senders' way in two: the rule's outcome is added, and the rest
 * of the chain goes on. A sender's outcome is certain if all its ways end alike.
 */
final class HostWalk {
    /** More marks than this at one place are taken together as "some mark". */
    private static final int MAX_STATES = 32;

    /** Deeper than the kernel lets nftables go, and shallow enough for the stack. */
    private static final int MAX_DEPTH = 512;

    private static final int MAX_SUMMARIES = 20_000;

    private static final int FEW_CLAIMS = 8;

    private static final long LAST_ADDRESS = AddressSet.ALL.last();

    /** How a packet's way through a table ends. */
    enum End {
        ACCEPT,
        DROP,
        REJECT,
        /** Something the text does not tell. */
        OPEN
    }

    /**
     * What a packet carries from rule to rule.
     *
     * @param mark its mark, where the bits are known
     * @param unknown the mark's bits that are not known
     * @param untracked whether raw rules keep it from conntrack
     */
    record State(long mark, long unknown, boolean untracked) {
        static final State FRESH = new State(0, 0, false);
    }

    /** Where senders stand: those surely here, and those that may be here or elsewhere. Disjoint. */
    static final class Reach {
        AddressSet sure;
        AddressSet may;

        Reach(AddressSet sure, AddressSet may) {
            this.sure = sure;
            this.may = may;
        }

        AddressSet all() {
            return may.isEmpty() ? sure : sure.isEmpty() ? may : sure.union(may);
        }

        boolean isEmpty() {
            return sure.isEmpty() && may.isEmpty();
        }

        void add(AddressSet moreSure, AddressSet moreMay) {
            if (!moreSure.isEmpty()) {
                sure = sure.isEmpty() ? moreSure : sure.union(moreSure);
            }
            if (!moreMay.isEmpty()) {
                may = may.isEmpty() ? moreMay : may.union(moreMay);
            }
        }
    }

    /**
     * An end that some senders meet.
     *
     * @param sure whether they surely meet this end
     * @param rule the deciding rule; null for a policy
     * @param at the deciding rule's line; null for a policy
     * @param lineHash the hash code of {@code at}; 0 for a policy
     * @param policy the chain whose policy decides; null for a rule
     * @param owner whose rule it is
     */
    record Claim(
            End end,
            AddressSet sources,
            boolean sure,
            State state,
            @Nullable HostRule rule,
            @Nullable SourceRef at,
            int lineHash,
            HostTables.@Nullable ChainText policy,
            HostTable table,
            Mechanism owner) {
        static Claim ofPolicy(
                End end, AddressSet sources, boolean sure, State state, HostTables.ChainText policy, Mechanism owner) {
            return new Claim(end, sources, sure, state, null, null, 0, policy, policy.table(), owner);
        }

        Claim unsure() {
            return of(sources, false);
        }

        Claim ending(End other) {
            return new Claim(other, sources, sure, state, rule, at, lineHash, policy, table, owner);
        }

        /** What makes a difference behind the end, for claims that end alike. */
        private Object key() {
            return switch (end) {
                case ACCEPT -> state;
                case REJECT -> refusal();
                case DROP, OPEN -> State.FRESH;
            };
        }

        /** How a claim of {@link End#REJECT} refuses. */
        HostPacket.Refusal refusal() {
            return HostPacket.Refusal.of(targetOptions());
        }

        String targetOptions() {
            return rule == null ? "" : rule.targetOptions();
        }

        Claim untracked() {
            State untracked = new State(state.mark(), state.unknown(), true);
            return new Claim(end, sources, sure, untracked, rule, at, lineHash, policy, table, owner);
        }

        Claim of(AddressSet some, boolean stillSure) {
            return some == sources && stillSure == sure
                    ? this
                    : new Claim(end, some, stillSure, state, rule, at, lineHash, policy, table, owner);
        }
    }

    /** All that a chain does to packets that enter it in one state. */
    static final class Summary {
        final List<Claim> claims = new ArrayList<>();
        final Map<State, Reach> fallThrough = new LinkedHashMap<>();
        final HostDoubts doubts = new HostDoubts();
        /** What may end so already, for each state or way of refusing that makes a difference behind. */
        private final Map<End, Map<Object, AddressSet>> claimed = new EnumMap<>(End.class);

        /** Senders whose connections a rule surely counted when they began. */
        private Map<HostRule, AddressSet> counted = Map.of();

        void claim(Claim claim) {
            if (claim.sources().isEmpty()) {
                return;
            }
            if (claim.sure()) {
                claims.add(claim);
                return;
            }
            Map<Object, AddressSet> byState = claimed.computeIfAbsent(claim.end(), end -> new HashMap<>());
            Object key = claim.key();
            AddressSet before = byState.getOrDefault(key, AddressSet.NONE);
            AddressSet fresh = without(claim.sources(), before);
            if (!fresh.isEmpty()) {
                claims.add(claim.of(fresh, false));
                byState.put(key, before.isEmpty() ? fresh : before.union(fresh));
            }
        }

        /** As {@link #claim} one after another, but what may end already is added up once, not once for each of thousands. */
        void claimAll(List<Claim> some) {
            if (some.size() <= FEW_CLAIMS) {
                some.forEach(this::claim);
                return;
            }
            Map<List<Object>, List<Integer>> alike = new LinkedHashMap<>();
            AddressSet[] fresh = new AddressSet[some.size()];
            for (int i = 0; i < fresh.length; i++) {
                Claim claim = some.get(i);
                fresh[i] = claim.sources();
                if (!claim.sure()) {
                    alike.computeIfAbsent(List.of(claim.end(), claim.key()), key -> new ArrayList<>())
                            .add(i);
                }
            }
            for (List<Integer> group : alike.values()) {
                Claim first = some.get(group.get(0));
                Map<Object, AddressSet> byState = claimed.computeIfAbsent(first.end(), end -> new HashMap<>());
                List<AddressSet> senders = new ArrayList<>(group.size() + 1);
                senders.add(byState.getOrDefault(first.key(), AddressSet.NONE));
                group.forEach(place -> senders.add(fresh[place]));
                AddressPrecedence precedence = AddressPrecedence.of(senders);
                byState.put(first.key(), precedence.all());
                for (int i = 0; i < group.size(); i++) {
                    fresh[group.get(i)] = precedence.left(i + 1);
                }
            }
            for (int i = 0; i < fresh.length; i++) {
                if (!fresh[i].isEmpty()) {
                    claims.add(some.get(i).of(fresh[i], some.get(i).sure()));
                }
            }
        }

        /** Takes over all of another's, where this has none yet. */
        private void begin(Summary other) {
            claims.addAll(other.claims);
            doubts.raiseAll(other.doubts, AddressSet.ALL);
            other.claimed.forEach((end, byState) -> claimed.put(end, new HashMap<>(byState)));
            other.counted.forEach(this::counted);
        }

        void counted(HostRule rule, AddressSet senders) {
            if (!senders.isEmpty()) {
                counted = counted.isEmpty() ? new IdentityHashMap<>() : counted;
                counted.merge(rule, senders, AddressSet::union);
            }
        }

        Map<HostRule, AddressSet> counted() {
            return counted;
        }

        void doubt(HostDoubt doubt, AddressSet sources, @Nullable HostRule rule, String about) {
            doubts.raise(doubt, sources, Optional.ofNullable(rule), about);
        }
    }

    private final HostTables.Slot slot;
    private final HostPacket packet;
    private final AddressSet universe;
    private final boolean nat;
    private final HostMatcher matcher;
    private final Predicate<Mechanism> counts;
    private final Set<HostRule> ignored;
    private final PertinentRules pertinent;
    private final Map<HostRule, AddressSet> counted;
    private final Map<String, Map<State, Summary>> summaries = new HashMap<>();
    private final Set<String> entered = new HashSet<>();
    private int summaryCount;

    /**
     * @param universe the senders asked about
     * @param nat whether the table rewrites addresses instead of filtering
     * @param counts whose blocks count; those of others let the packet pass by
     * @param ignored rules taken as absent, by identity
     * @param pertinent those that are tested at all
     * @param counted by rule, the senders whose connections it surely counted when they began
     */
    HostWalk(
            HostTables.Slot slot,
            HostPacket packet,
            AddressSet universe,
            boolean nat,
            HostMatcher matcher,
            Predicate<Mechanism> counts,
            Set<HostRule> ignored,
            PertinentRules pertinent,
            Map<HostRule, AddressSet> counted) {
        this.slot = slot;
        this.packet = packet;
        this.universe = universe;
        this.nat = nat;
        this.matcher = matcher;
        this.counts = counts;
        this.ignored = ignored;
        this.pertinent = pertinent;
        this.counted = counted;
    }

    /** What the base chain does, its policy included: the result's fall-through is empty. */
    Summary base(HostTables.ChainText chain, State state) {
        Summary inner = summary(chain, state, 0);
        Summary result = new Summary();
        result.begin(inner);
        String policy = chain.chain().policy().orElse("");
        Mechanism owner = slot.policyOwner(chain.chain().name());
        End end = switch (policy) {
            case "ACCEPT" -> End.ACCEPT;
            case "DROP" -> counts.test(owner) ? End.DROP : End.ACCEPT;
            default -> End.OPEN;
        };
        inner.fallThrough.forEach((after, reach) -> {
            if (end == End.OPEN) {
                result.doubt(
                        HostDoubt.TRUNCATED, reach.all(), null, chain.chain().name());
            }
            result.claim(Claim.ofPolicy(end, reach.sure, true, after, chain, owner));
            result.claim(Claim.ofPolicy(end, reach.may, false, after, chain, owner));
        });
        return result;
    }

    private Summary summary(HostTables.ChainText chain, State state, int depth) {
        Map<State, Summary> known = summaries.computeIfAbsent(chain.chain().name(), name -> new HashMap<>());
        Summary summary = known.get(state);
        if (summary == null) {
            summary = walk(chain, state, depth);
            known.put(state, summary);
            summaryCount++;
        }
        return summary;
    }

    private Summary walk(HostTables.ChainText chain, State state, int depth) {
        Summary summary = new Summary();
        Map<State, Reach> here = new LinkedHashMap<>();
        here.put(state, new Reach(universe, AddressSet.NONE));
        entered.add(chain.chain().name());
        if (!chain.chain().beginningShown()) {
            missingPart(chain, summary, here);
        }
        List<HostRule> all = chain.chain().rules();
        PertinentRules.Sifted rules = pertinent.of(slot, chain, packet);
        Mechanism owner = slot.owner(chain.chain().name());
        for (int i = 0; i < rules.size() && !here.isEmpty(); ) {
            int behind = here.size() == 1 ? behindPlain(rules, i) : i;
            if (behind > i + 1) {
                plainRules(chain, rules, i, behind, owner, summary, here);
                i = behind;
            } else {
                HostRule rule = rules.rule(i);
                rule(chain, rule, rule == all.get(all.size() - 1), owner, summary, here, depth);
                i++;
            }
        }
        if (!chain.chain().complete()) {
            missingPart(chain, summary, here);
        }
        here.forEach((after, reach) -> fall(summary.fallThrough, after, reach.sure, reach.may));
        entered.remove(chain.chain().name());
        return summary;
    }

    /** The first of the rules from one on that is not plain. */
    private static int behindPlain(PertinentRules.Sifted rules, int from) {
        int behind = from;
        while (behind < rules.size() && rules.plain(behind)) {
            behind++;
        }
        return behind;
    }

    /**
     * Rules that follow one another, each of which surely ends the way of its senders: each ends that of those whom none
     * before it has caught. That is what {@link #rule} makes of them one by one, but here what is left of the senders is
     * found once, not once for every rule.
     */
    private void plainRules(
            HostTables.ChainText chain,
            PertinentRules.Sifted rules,
            int from,
            int to,
            Mechanism owner,
            Summary summary,
            Map<State, Reach> here) {
        Map.Entry<State, Reach> only = here.entrySet().iterator().next();
        State state = only.getKey();
        Reach reach = only.getValue();
        boolean blocksCount = counts.test(owner);
        int[] rows = new int[to - from];
        long[] firsts = new long[to - from];
        long[] lasts = new long[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            if ((blocksCount || rules.end(i) == End.ACCEPT)
                    && (ignored.isEmpty() || !ignored.contains(rules.rule(i)))) {
                rows[count] = i;
                firsts[count] = rules.first(i);
                lasts[count++] = Math.min(rules.last(i), LAST_ADDRESS);
            }
        }
        AddressPrecedence precedence = AddressPrecedence.ofRuns(firsts, lasts, count);
        List<Claim> claims = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            AddressSet caught = precedence.left(i);
            AddressSet sure = within(reach.sure, caught);
            AddressSet may = within(reach.may, caught);
            if (!sure.isEmpty() || !may.isEmpty()) {
                int row = rows[i];
                if (rules.names(row)) {
                    matcher.consultNames();
                }
                End end = rules.end(row);
                End met = end == End.REJECT && !packet.refusalReachesClient() ? End.DROP : end;
                Claim claim = new Claim(
                        met,
                        sure,
                        true,
                        state,
                        rules.rule(row),
                        rules.at(row),
                        rules.lineHash(row),
                        null,
                        chain.table(),
                        owner);
                if (!sure.isEmpty()) {
                    claims.add(claim);
                }
                if (!may.isEmpty()) {
                    claims.add(claim.of(may, false));
                }
            }
        }
        summary.claimAll(claims);
        AddressSet all = precedence.all();
        reach.sure = without(reach.sure, all);
        reach.may = without(reach.may, all);
        if (reach.isEmpty()) {
            here.remove(state);
        }
    }

    /** Rules that are not shown may end any packet's way in any manner, or let it go on. */
    private static void missingPart(HostTables.ChainText chain, Summary summary, Map<State, Reach> here) {
        here.forEach((state, reach) -> {
            AddressSet all = reach.all();
            summary.doubt(HostDoubt.TRUNCATED, all, null, chain.chain().name());
            summary.claim(Claim.ofPolicy(End.OPEN, all, false, state, chain, Mechanism.IPTABLES));
            reach.sure = AddressSet.NONE;
            reach.may = all;
        });
    }

    private void rule(
            HostTables.ChainText chain,
            HostRule rule,
            boolean last,
            Mechanism owner,
            Summary summary,
            Map<State, Reach> here,
            int depth) {
        HostTables.ChainText entry = slot.chain(rule.target());
        Effect effect = entry != null ? Effect.ENTER : Effect.of(rule, nat);
        boolean idle = effect == Effect.NOTHING && !countsConnections(rule);
        if (idle || !ignored.isEmpty() && ignored.contains(rule)) {
            return;
        }
        if ((effect == Effect.DROP || effect == Effect.REJECT) && !counts.test(owner)) {
            return;
        }
        List<State> states = here.size() == 1 ? List.of(here.keySet().iterator().next()) : List.copyOf(here.keySet());
        // What a state becomes under this rule must not meet the same rule again as the state it became.
        Map<State, Reach> onward = states.size() == 1 ? here : new LinkedHashMap<>();
        for (State state : states) {
            Reach reach = here.get(state);
            if (reach == null) {
                continue;
            }
            HostMatcher.Caught caught = matcher.test(rule, chain.form(), last, packet, state, reach);
            if (caught == HostMatcher.Caught.NONE) {
                keep(onward, here, state, reach);
                continue;
            }
            count(caught, chain, rule, owner, state, reach, summary);
            AddressSet sure = within(reach.sure, caught.yes());
            AddressSet may = within(reach.may, caught.yes());
            AddressSet maybe = caught.maybe().isEmpty() ? AddressSet.NONE : within(reach.all(), caught.maybe());
            if (effect == Effect.NOTHING || sure.isEmpty() && may.isEmpty() && maybe.isEmpty()) {
                keep(onward, here, state, reach);
                continue;
            }
            if (!maybe.isEmpty()) {
                for (HostDoubt doubt : caught.doubts()) {
                    summary.doubt(
                            doubt, maybe, rule, doubt == HostDoubt.OTHER_TABLES ? matcher.unseen() : rule.chain());
                }
            }
            // Those surely caught leave; those perhaps caught are from now on only perhaps here.
            reach.sure = without(without(reach.sure, sure), maybe);
            reach.may = without(reach.may, may);
            if (!maybe.isEmpty()) {
                reach.may = reach.may.union(maybe);
            }
            if (reach.isEmpty()) {
                here.remove(state);
            } else {
                keep(onward, here, state, reach);
            }
            AddressSet perhaps = may.isEmpty() ? maybe : maybe.isEmpty() ? may : may.union(maybe);
            apply(chain, rule, effect, entry, owner, state, sure, perhaps, summary, onward, depth);
        }
        if (onward != here) {
            here.clear();
            here.putAll(onward);
        }
        if (here.size() > MAX_STATES) {
            widen(here);
        }
    }

    private static boolean countsConnections(HostRule rule) {
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            if (HostMatcher.countsConnections(matches.get(i))) {
                return true;
            }
        }
        return false;
    }

    /**
     * A rule that asks for the number of connections counts those that begin, and perhaps drops packets of others, caught
     * or not.
     */
    private void count(
            HostMatcher.Caught caught,
            HostTables.ChainText chain,
            HostRule rule,
            Mechanism owner,
            State state,
            Reach reach,
            Summary summary) {
        if (packet.countsItsConnection()) {
            summary.counted(rule, within(reach.sure, caught.counted()));
            return;
        }
        AddressSet asked = within(reach.all(), caught.counted()).union(within(reach.all(), caught.perhapsCounted()));
        // What comes back is counted apart, by the address it comes from.
        AddressSet lost = packet.fromSender() ? asked.minus(counted.getOrDefault(rule, AddressSet.NONE)) : asked;
        if (lost.isEmpty() || !counts.test(owner)) {
            return;
        }
        summary.doubt(HostDoubt.UNCOUNTED, lost, rule, rule.chain());
        end(summary, End.DROP, rule, chain.table(), owner, state, AddressSet.NONE, lost);
        reach.sure = without(reach.sure, lost);
        reach.may = reach.may.union(lost);
    }

    private static void keep(Map<State, Reach> onward, Map<State, Reach> here, State state, Reach reach) {
        if (onward != here) {
            fall(onward, state, reach.sure, reach.may);
        }
    }

    private void apply(
            HostTables.ChainText chain,
            HostRule rule,
            Effect effect,
            HostTables.@Nullable ChainText entry,
            Mechanism owner,
            State state,
            AddressSet sure,
            AddressSet perhaps,
            Summary summary,
            Map<State, Reach> here,
            int depth) {
        HostTable table = chain.table();
        switch (effect) {
            case ACCEPT -> end(summary, End.ACCEPT, rule, table, owner, state, sure, perhaps);
            case DROP -> end(summary, End.DROP, rule, table, owner, state, sure, perhaps);
            case REJECT -> {
                End end = packet.refusalReachesClient() ? End.REJECT : End.DROP;
                end(summary, end, rule, table, owner, state, sure, perhaps);
            }
            case RETURN -> fall(summary.fallThrough, state, sure, perhaps);
            case MARK -> fall(here, HostMarks.after(rule, state), sure, perhaps);
            case UNTRACK -> {
                boolean early = state.untracked() || packet.notTrackedYet();
                fall(here, new State(state.mark(), state.unknown(), early), sure, perhaps);
            }
            case ENTER -> {
                if (entry == null
                        || entered.contains(rule.target())
                        || depth >= MAX_DEPTH
                        || summaryCount >= MAX_SUMMARIES) {
                    open(summary, HostDoubt.LOOP, rule, table, owner, state, sure, perhaps);
                    return;
                }
                Summary inner = summary(entry, state, depth + 1);
                enter(inner, sure, perhaps, summary, rule.jumpsByGoto() ? summary.fallThrough : here);
            }
            case REWRITE -> open(summary, HostDoubt.REWRITTEN, rule, table, owner, state, sure, perhaps);
            case ELSEWHERE -> open(summary, HostDoubt.DECIDED_ELSEWHERE, rule, table, owner, state, sure, perhaps);
            case UNREADABLE -> open(summary, HostDoubt.NOT_UNDERSTOOD, rule, table, owner, state, sure, perhaps);
            case UNKNOWN -> open(summary, HostDoubt.MISSING_CHAIN, rule, table, owner, state, sure, perhaps);
            case NOTHING -> throw new IllegalStateException("a rule without effect is not applied");
        }
    }

    private static void enter(
            Summary inner, AddressSet sure, AddressSet perhaps, Summary summary, Map<State, Reach> onward) {
        List<Claim> claims = new ArrayList<>(inner.claims.size());
        for (Claim claim : inner.claims) {
            claims.add(claim.of(within(sure, claim.sources()), claim.sure()));
            if (!perhaps.isEmpty()) {
                claims.add(claim.of(within(perhaps, claim.sources()), false));
            }
        }
        summary.claimAll(claims);
        AddressSet all = perhaps.isEmpty() ? sure : sure.union(perhaps);
        summary.doubts.raiseAll(inner.doubts, all);
        inner.counted.forEach((rule, senders) -> summary.counted(rule, within(sure, senders)));
        inner.fallThrough.forEach((after, reach) -> {
            AddressSet stillSure = within(sure, reach.sure);
            AddressSet nowMay = within(sure, reach.may);
            if (!perhaps.isEmpty()) {
                nowMay = nowMay.union(within(perhaps, reach.all()));
            }
            fall(onward, after, stillSure, nowMay);
        });
    }

    private static void end(
            Summary summary,
            End end,
            HostRule rule,
            HostTable table,
            Mechanism owner,
            State state,
            AddressSet sure,
            AddressSet perhaps) {
        SourceRef at = rule.source();
        Claim claim = new Claim(end, sure, true, state, rule, at, at.hashCode(), null, table, owner);
        summary.claim(claim);
        summary.claim(claim.of(perhaps, false));
    }

    private static void open(
            Summary summary,
            HostDoubt doubt,
            HostRule rule,
            HostTable table,
            Mechanism owner,
            State state,
            AddressSet sure,
            AddressSet perhaps) {
        summary.doubt(
                doubt, sure.union(perhaps), rule, doubt == HostDoubt.MISSING_CHAIN ? rule.target() : rule.chain());
        end(summary, End.OPEN, rule, table, owner, state, sure, perhaps);
    }

    /** Where senders go on, gathered before they are added up: there may be thousands of groups of them. */
    static final class Falls {
        private final Map<State, List<AddressSet>> sure = new LinkedHashMap<>();
        private final Map<State, List<AddressSet>> may = new HashMap<>();

        void add(State state, AddressSet moreSure, AddressSet moreMay) {
            if (!moreSure.isEmpty() || !moreMay.isEmpty()) {
                sure.computeIfAbsent(state, key -> new ArrayList<>()).add(moreSure);
                may.computeIfAbsent(state, key -> new ArrayList<>()).add(moreMay);
            }
        }

        void into(Map<State, Reach> onward) {
            sure.forEach((state, some) -> {
                AddressSet perhaps = AddressSet.union(may.getOrDefault(state, List.of()));
                fall(onward, state, without(AddressSet.union(some), perhaps), perhaps);
            });
        }
    }

    static void fall(Map<State, Reach> into, State state, AddressSet sure, AddressSet may) {
        if (sure.isEmpty() && may.isEmpty()) {
            return;
        }
        Reach there = into.get(state);
        if (there == null) {
            into.put(state, new Reach(sure, may));
        } else {
            there.add(sure, may);
            there.sure = without(there.sure, there.may);
        }
    }

    private static void widen(Map<State, Reach> here) {
        Map<State, Reach> wide = new LinkedHashMap<>();
        here.forEach((state, reach) ->
                fall(wide, new State(0, 0xFFFF_FFFFL, state.untracked()), AddressSet.NONE, reach.all()));
        here.clear();
        here.putAll(wide);
    }

    static AddressSet within(AddressSet set, AddressSet other) {
        if (other == AddressSet.ALL || set.isEmpty()) {
            return set;
        }
        return other.isEmpty() ? AddressSet.NONE : set.intersect(other);
    }

    static AddressSet without(AddressSet set, AddressSet other) {
        if (set.isEmpty() || other.isEmpty()) {
            return set;
        }
        return set == other ? AddressSet.NONE : set.minus(other);
    }

    /** What a target does to a packet. */
    private enum Effect {
        ACCEPT,
        DROP,
        REJECT,
        RETURN,
        ENTER,
        MARK,
        UNTRACK,
        REWRITE,
        ELSEWHERE,
        UNREADABLE,
        UNKNOWN,
        NOTHING;

        static Effect of(HostRule rule, boolean nat) {
            return switch (rule.target()) {
                case "" -> NOTHING;
                case "ACCEPT" -> ACCEPT;
                case "DROP" -> DROP;
                case "REJECT" -> REJECT;
                case "RETURN" -> RETURN;
                case "MARK", "CONNMARK", "HMARK" -> MARK;
                case "NOTRACK" -> UNTRACK;
                case "CT" -> rule.targetOptions().toLowerCase(Locale.ROOT).contains("notrack") ? UNTRACK : NOTHING;
                case "LOG",
                        "ULOG",
                        "NFLOG",
                        "TRACE",
                        "TCPMSS",
                        "TCPOPTSTRIP",
                        "TOS",
                        "DSCP",
                        "ECN",
                        "TTL",
                        "HL",
                        "CLASSIFY",
                        "CHECKSUM",
                        "SET",
                        "AUDIT",
                        "SECMARK",
                        "CONNSECMARK",
                        "TEE",
                        "IDLETIMER",
                        "LED",
                        "RATEEST",
                        "ACCOUNT" -> NOTHING;
                case "DNAT", "REDIRECT", "NETMAP" -> REWRITE;
                case "SNAT", "MASQUERADE" -> nat ? ACCEPT : ELSEWHERE;
                case "NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY" -> ELSEWHERE;
                case "?" -> UNREADABLE;
                default -> UNKNOWN;
            };
        }
    }
}
