package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;

/**
 * The rules of a firewall that can catch a packet of connections to one port, chain by chain. All others provably catch
 * none, whatever came before: they are left out once instead of being tested with every packet of every question.
 */
final class PertinentRules {
    /** In a chain so short nothing is gained. */
    private static final int SHORT_CHAIN = 16;

    /** A firewall is asked about few sets of senders, each for several mechanisms. */
    private static final int MAX_REMEMBERED = 16;

    /** Which of the wider ones these are; null for all rules. */
    private final @Nullable Narrowing narrowing;

    private final Map<Kind, Map<HostTables.ChainText, List<HostRule>>> known = new HashMap<>();
    private final Map<Object, PertinentRules> narrower = new HashMap<>();

    /** What of a packet does not change from question to question. */
    private record Kind(int protocol, boolean fromSender, int servicePort) {
        static Kind of(HostPacket packet) {
            return new Kind(packet.protocol(), packet.fromSender(), packet.servicePort());
        }
    }

    /**
     * @param senders whose packets the rules are for
     * @param mechanism whose blocks count; empty for all
     */
    private record Narrowing(PertinentRules among, AddressSet senders, Optional<Mechanism> mechanism) {}

    /** All that can catch anybody's packets. */
    PertinentRules() {
        this(null);
    }

    private PertinentRules(@Nullable Narrowing narrowing) {
        this.narrowing = narrowing;
    }

    /** Those of them that can catch packets of some senders. */
    PertinentRules of(AddressSet senders) {
        return new PertinentRules(new Narrowing(this, senders, Optional.empty()));
    }

    /** As {@link #of(AddressSet)}, for senders who will be asked about again. */
    PertinentRules ofOften(AddressSet senders) {
        return remembered(senders, () -> of(senders));
    }

    /** Without the blocks of other mechanisms, where one is named. */
    PertinentRules of(Optional<Mechanism> mechanism) {
        return mechanism.isEmpty()
                ? this
                : remembered(mechanism, () -> new PertinentRules(new Narrowing(this, AddressSet.ALL, mechanism)));
    }

    private PertinentRules remembered(Object key, Supplier<PertinentRules> made) {
        PertinentRules rules = narrower.get(key);
        if (rules == null) {
            if (narrower.size() >= MAX_REMEMBERED) {
                narrower.clear();
            }
            rules = made.get();
            narrower.put(key, rules);
        }
        return rules;
    }

    /** The chain's rules that may catch such packets, in the chain's order. */
    List<HostRule> of(HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        List<HostRule> all = chain.chain().rules();
        if (all.size() <= SHORT_CHAIN) {
            return all;
        }
        Map<HostTables.ChainText, List<HostRule>> ofKind =
                known.computeIfAbsent(Kind.of(packet), kind -> new IdentityHashMap<>());
        List<HostRule> rules = ofKind.get(chain);
        if (rules == null) {
            rules = narrowing == null
                    ? catching(all, packet)
                    : narrowed(narrowing, narrowing.among.of(slot, chain, packet), slot, chain, packet);
            ofKind.put(chain, rules);
        }
        return rules;
    }

    private static List<HostRule> catching(List<HostRule> all, HostPacket packet) {
        List<HostRule> rules = new ArrayList<>();
        for (HostRule rule : all) {
            if (!rule.target().isEmpty() && mayCatch(rule, packet)) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private static List<HostRule> narrowed(
            Narrowing to, List<HostRule> wider, HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        boolean everySender = to.senders.equals(AddressSet.ALL);
        boolean blocks = to.mechanism.isEmpty()
                || to.mechanism.get() == slot.owner(chain.chain().name());
        if (wider.isEmpty() || everySender && blocks) {
            return wider;
        }
        List<HostRule> rules = new ArrayList<>();
        for (HostRule rule : wider) {
            if ((everySender || meets(rule, to.senders, packet)) && (blocks || !endsBadly(slot, rule))) {
                rules.add(rule);
            }
        }
        return rules;
    }

    private static boolean endsBadly(HostTables.Slot slot, HostRule rule) {
        return (rule.target().equals("DROP") || rule.target().equals("REJECT")) && slot.chain(rule.target()) == null;
    }

    private static boolean mayCatch(HostRule rule, HostPacket packet) {
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            if (HostMatcher.excludes(matches.get(i), packet)) {
                return false;
            }
        }
        return true;
    }

    private static boolean meets(HostRule rule, AddressSet senders, HostPacket packet) {
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            Optional<AddressSet> only = HostMatcher.onlySenders(matches.get(i), packet);
            if (only.isPresent() && !only.get().overlaps(senders)) {
                return false;
            }
        }
        return true;
    }

    /** A chain where packets enter a table. */
    record Entry(HostTables.Slot slot, HostTables.ChainText chain) {}

    /** Where the senders of rules begin that a connection's packets may meet, ascending, each once. */
    long[] cuts(Map<HostPacket, List<Entry>> entries) {
        Cuts found = new Cuts();
        entries.forEach((packet, chains) -> {
            Map<HostTables.ChainText, Boolean> entered = new IdentityHashMap<>();
            List<Entry> left = new ArrayList<>(chains);
            while (!left.isEmpty()) {
                Entry next = left.remove(left.size() - 1);
                if (entered.put(next.chain(), true) == null) {
                    for (HostRule rule : of(next.slot(), next.chain(), packet)) {
                        found.add(rule, packet);
                        HostTables.ChainText deeper = next.slot().chain(rule.target());
                        if (deeper != null) {
                            left.add(new Entry(next.slot(), deeper));
                        }
                    }
                }
            }
        });
        return found.sorted();
    }

    private static final class Cuts {
        private long[] firsts = new long[64];
        private int count;

        void add(HostRule rule, HostPacket packet) {
            List<Match> matches = rule.matches();
            for (int i = 0; i < matches.size(); i++) {
                Optional<AddressSet> only = HostMatcher.onlySenders(matches.get(i), packet);
                if (only.isPresent() && !only.get().isEmpty()) {
                    firsts = count == firsts.length ? Arrays.copyOf(firsts, 2 * count) : firsts;
                    firsts[count++] = only.get().first();
                }
            }
        }

        long[] sorted() {
            return Arrays.stream(firsts, 0, count).sorted().distinct().toArray();
        }
    }
}
