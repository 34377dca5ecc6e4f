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

    private final Map<Kind, Map<HostTables.ChainText, Sifted>> known = new HashMap<>();
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
     * @param first the lowest of the senders
     * @param last the highest of them
     * @param run whether they are all between the two
     */
    private record Narrowing(
            PertinentRules among,
            AddressSet senders,
            Optional<Mechanism> mechanism,
            long first,
            long last,
            boolean run) {
        Narrowing(PertinentRules among, AddressSet senders, Optional<Mechanism> mechanism) {
            this(among, senders, mechanism, senders.first(), senders.last(), senders.isRun());
        }
    }

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
        return sifted(slot, chain, packet).rules;
    }

    private Sifted sifted(HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        Map<HostTables.ChainText, Sifted> ofKind =
                known.computeIfAbsent(Kind.of(packet), kind -> new IdentityHashMap<>());
        Sifted rules = ofKind.get(chain);
        if (rules == null) {
            rules = narrowing == null
                    ? catching(chain.chain().rules(), packet)
                    : narrowed(narrowing, narrowing.among.sifted(slot, chain, packet), slot, chain, packet);
            ofKind.put(chain, rules);
        }
        return rules;
    }

    private static Sifted catching(List<HostRule> all, HostPacket packet) {
        Sifted rules = new Sifted();
        for (HostRule rule : all) {
            if (!rule.target().isEmpty() && mayCatch(rule, packet)) {
                rules.add(rule, packet);
            }
        }
        return rules;
    }

    private static Sifted narrowed(
            Narrowing to, Sifted wider, HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        boolean everySender = to.senders.equals(AddressSet.ALL);
        boolean blocks = to.mechanism.isEmpty()
                || to.mechanism.get() == slot.owner(chain.chain().name());
        if (wider.rules.isEmpty() || everySender && blocks) {
            return wider;
        }
        Sifted rules = new Sifted();
        for (int i = 0; i < wider.rules.size(); i++) {
            if ((everySender || wider.meets(i, to, packet)) && (blocks || !endsBadly(slot, wider.rules.get(i)))) {
                rules.add(wider, i);
            }
        }
        return rules;
    }

    /**
     * Rules, and beside them the run of senders that each names: thousands of them are told apart over and over, which
     * would otherwise go through the objects of every rule each time.
     */
    private static final class Sifted {
        /** In place of a run's beginning: what the rule says of senders is more than one run. */
        private static final long NO_RUN = -1;

        final List<HostRule> rules = new ArrayList<>();
        private long[] firsts = new long[16];
        private long[] lasts = new long[16];

        void add(HostRule rule, HostPacket packet) {
            long first = 0;
            long last = Long.MAX_VALUE;
            List<Match> matches = rule.matches();
            for (int i = 0; i < matches.size(); i++) {
                Optional<AddressSet> only = HostMatcher.onlySenders(matches.get(i), packet);
                if (only.isPresent()) {
                    boolean run = last == Long.MAX_VALUE && only.get().isRun();
                    first = run ? only.get().first() : NO_RUN;
                    last = run ? only.get().last() : NO_RUN;
                }
            }
            add(rule, first, last);
        }

        void add(Sifted other, int index) {
            add(other.rules.get(index), other.firsts[index], other.lasts[index]);
        }

        private void add(HostRule rule, long first, long last) {
            int count = rules.size();
            if (count == firsts.length) {
                firsts = Arrays.copyOf(firsts, 2 * count);
                lasts = Arrays.copyOf(lasts, 2 * count);
            }
            firsts[count] = first;
            lasts[count] = last;
            rules.add(rule);
        }

        void addTo(Cuts cuts, HostPacket packet) {
            for (int i = 0; i < rules.size(); i++) {
                if (firsts[i] == NO_RUN) {
                    cuts.add(rules.get(i), packet);
                } else if (lasts[i] != Long.MAX_VALUE) {
                    cuts.add(firsts[i]);
                }
            }
        }

        /** Whether a rule may catch packets of some of the senders. */
        boolean meets(int index, Narrowing to, HostPacket packet) {
            long first = firsts[index];
            if (first == NO_RUN) {
                return PertinentRules.meets(rules.get(index), to.senders, packet);
            }
            boolean near = first <= to.last && lasts[index] >= to.first;
            boolean anybody = lasts[index] == Long.MAX_VALUE;
            return anybody || near && (to.run || PertinentRules.meets(rules.get(index), to.senders, packet));
        }
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
                    if (next.chain().chain().rules().size() <= SHORT_CHAIN) {
                        next.chain().chain().rules().forEach(rule -> found.add(rule, packet));
                    } else {
                        sifted(next.slot(), next.chain(), packet).addTo(found, packet);
                    }
                    String before = "";
                    for (HostRule rule : of(next.slot(), next.chain(), packet)) {
                        if (rule.target().equals(before)) {
                            continue;
                        }
                        before = rule.target();
                        HostTables.ChainText deeper = next.slot().chain(before);
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
                    add(only.get().first());
                }
            }
        }

        void add(long first) {
            firsts = count == firsts.length ? Arrays.copyOf(firsts, 2 * count) : firsts;
            firsts[count++] = first;
        }

        long[] sorted() {
            return Arrays.stream(firsts, 0, count).sorted().distinct().toArray();
        }
    }
}
