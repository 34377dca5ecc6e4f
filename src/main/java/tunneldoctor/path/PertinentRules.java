package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;
import tunneldoctor.model.SourceRef;
import tunneldoctor.path.HostWalk.End;

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
    Sifted of(HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        List<HostRule> all = chain.chain().rules();
        return all.size() <= SHORT_CHAIN ? Sifted.unsifted(all) : sifted(slot, chain, packet);
    }

    private Sifted sifted(HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        Map<HostTables.ChainText, Sifted> ofKind =
                known.computeIfAbsent(Kind.of(packet), kind -> new IdentityHashMap<>());
        Sifted rules = ofKind.get(chain);
        if (rules == null) {
            rules = narrowing == null
                    ? catching(slot, chain, packet)
                    : narrowed(narrowing, narrowing.among.sifted(slot, chain, packet), slot, chain, packet);
            ofKind.put(chain, rules);
        }
        return rules;
    }

    private static Sifted catching(HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        List<HostRule> all = chain.chain().rules();
        Columns rules = new Columns(Math.max(SHORT_CHAIN, all.size() / 3));
        for (int i = 0; i < all.size(); i++) {
            HostRule rule = all.get(i);
            if (concerns(rule, packet)) {
                rules.add(rule, slot, chain.form(), packet);
            }
        }
        return Sifted.all(rules);
    }

    private static Sifted narrowed(
            Narrowing to, Sifted wider, HostTables.Slot slot, HostTables.ChainText chain, HostPacket packet) {
        boolean everySender = to.senders.equals(AddressSet.ALL);
        boolean blocks = to.mechanism.isEmpty()
                || to.mechanism.get() == slot.owner(chain.chain().name());
        if (wider.count == 0 || everySender && blocks) {
            return wider;
        }
        Columns of = wider.of;
        int[] rows = new int[wider.count];
        int count = 0;
        for (int i = 0; i < wider.count; i++) {
            int row = wider.rows[i];
            if ((everySender || of.meets(row, to, packet)) && (blocks || !of.endsBadly(row))) {
                rows[count++] = row;
            }
        }
        return new Sifted(of, count == rows.length ? rows : Arrays.copyOf(rows, count), count);
    }

    /**
     * Rules, and what each says of senders and does to them beside them: thousands of them are told apart over and over,
     * which would otherwise go through the objects of every rule each time.
     */
    private static final class Columns {
        /** In place of a run's beginning: what the rule says of senders is more than one run. */
        private static final long NO_RUN = -1;

        private static final byte PLAIN = 1;

        /** Its line may stand for any address by a name. */
        private static final byte NAMES = 2;

        private HostRule[] rules;
        private SourceRef[] lines;
        private int[] lineHashes;
        private long[] firsts;
        private long[] lasts;

        /** What becomes of the packets a rule catches; null where it is more than an end. */
        private @Nullable End[] ends;

        /** Of each rule the sum of those of {@link #PLAIN} and {@link #NAMES} that it has. */
        private byte[] traits;

        private int count;

        private Columns(int room) {
            rules = new HostRule[room];
            lines = new SourceRef[room];
            lineHashes = new int[room];
            firsts = new long[room];
            lasts = new long[room];
            ends = new End[room];
            traits = new byte[room];
        }

        /** Rules of which nothing is known beside them, so that none counts as plain. */
        private Columns(List<HostRule> all) {
            this(0);
            rules = all.toArray(new HostRule[0]);
            firsts = new long[rules.length];
            Arrays.fill(firsts, NO_RUN);
            traits = new byte[rules.length];
            count = rules.length;
        }

        void add(HostRule rule, HostTables.Slot slot, HostTable.Form form, HostPacket packet) {
            long first = 0;
            long last = Long.MAX_VALUE;
            End end = endOf(slot, rule);
            boolean always = end != null && form != HostTable.Form.LISTING;
            List<Match> matches = rule.matches();
            for (int i = 0; i < matches.size(); i++) {
                Match match = matches.get(i);
                AddressSet only = HostMatcher.namedSenders(match, packet);
                if (only != null) {
                    boolean run = last == Long.MAX_VALUE && only.isRun();
                    first = run ? only.first() : NO_RUN;
                    last = run ? only.last() : NO_RUN;
                } else {
                    always = always && HostMatcher.alwaysHolds(match, packet);
                }
                if (HostMatcher.countsConnections(match)) {
                    break;
                }
            }
            makeRoom();
            boolean plain = always && first != NO_RUN;
            boolean names = plain && HostMatcher.namesAnywhere(rule, form);
            rules[count] = rule;
            lines[count] = rule.source();
            lineHashes[count] = rule.source().hashCode();
            firsts[count] = first;
            lasts[count] = last;
            ends[count] = end;
            traits[count] = (byte) ((plain ? PLAIN : 0) + (names ? NAMES : 0));
            count++;
        }

        private void makeRoom() {
            if (count < rules.length) {
                return;
            }
            int room = 2 * count;
            rules = Arrays.copyOf(rules, room);
            lines = Arrays.copyOf(lines, room);
            lineHashes = Arrays.copyOf(lineHashes, room);
            firsts = Arrays.copyOf(firsts, room);
            lasts = Arrays.copyOf(lasts, room);
            ends = Arrays.copyOf(ends, room);
            traits = Arrays.copyOf(traits, room);
        }

        /** Whether a rule may catch packets of some of the senders. */
        boolean meets(int row, Narrowing to, HostPacket packet) {
            long first = firsts[row];
            if (first == NO_RUN) {
                return PertinentRules.meets(rules[row], to.senders, packet);
            }
            long last = lasts[row];
            return last == Long.MAX_VALUE
                    || first <= to.last
                            && last >= to.first
                            && (to.run || to.senders.overlaps(AddressSet.range(first, last)));
        }

        boolean endsBadly(int row) {
            return ends[row] == End.DROP || ends[row] == End.REJECT;
        }

        /** What a target that is no chain of the table does, as far as it need not be looked at rule by rule. */
        private static @Nullable End endOf(HostTables.Slot slot, HostRule rule) {
            End end = switch (rule.target()) {
                case "ACCEPT" -> End.ACCEPT;
                case "DROP" -> End.DROP;
                case "REJECT" -> End.REJECT;
                default -> null;
            };
            return end == null || slot.chain(rule.target()) == null ? end : null;
        }
    }

    /** Some rules of a chain, in its order. */
    static final class Sifted {
        private final Columns of;
        private final int[] rows;
        private final int count;

        private Sifted(Columns of, int[] rows, int count) {
            this.of = of;
            this.rows = rows;
            this.count = count;
        }

        private static Sifted all(Columns of) {
            int[] rows = new int[of.count];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = i;
            }
            return new Sifted(of, rows, rows.length);
        }

        private static Sifted unsifted(List<HostRule> rules) {
            return all(new Columns(rules));
        }

        int size() {
            return count;
        }

        HostRule rule(int index) {
            return of.rules[rows[index]];
        }

        /**
         * Whether a rule does nothing but surely end the way of packets of one run of senders, or of all: no condition of it
         * is about anything else that differs between packets of one kind, and none is hidden.
         */
        boolean plain(int index) {
            return (of.traits[rows[index]] & Columns.PLAIN) != 0;
        }

        /** How a plain rule ends a packet's way. */
        End end(int index) {
            return Objects.requireNonNull(of.ends[rows[index]], "not a plain rule");
        }

        /** Where a plain rule stands. */
        SourceRef at(int index) {
            return of.lines[rows[index]];
        }

        /** The hash code of {@link #at}. */
        int lineHash(int index) {
            return of.lineHashes[rows[index]];
        }

        /** Whether a plain rule's line may stand for any address by a name. */
        boolean names(int index) {
            return (of.traits[rows[index]] & Columns.NAMES) != 0;
        }

        /** The lowest of a plain rule's senders. */
        long first(int index) {
            return of.firsts[rows[index]];
        }

        /** The highest of a plain rule's senders; beyond all addresses if they are all. */
        long last(int index) {
            return of.lasts[rows[index]];
        }

        private void addTo(Parting parting, HostPacket packet) {
            for (int i = 0; i < count; i++) {
                parting.steps += plain(i) && i > 0 && plain(i - 1) ? 0 : 1;
                if (first(i) == Columns.NO_RUN) {
                    parting.add(rule(i), packet);
                } else if (last(i) != Long.MAX_VALUE) {
                    parting.add(first(i));
                }
            }
        }
    }

    private static boolean concerns(HostRule rule, HostPacket packet) {
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            Match match = matches.get(i);
            if (HostMatcher.countsConnections(match)) {
                // What comes behind it is no longer asked where it drops the packet.
                return true;
            }
            if (HostMatcher.excludes(match, packet)) {
                return false;
            }
        }
        return !rule.target().isEmpty();
    }

    private static boolean meets(HostRule rule, AddressSet senders, HostPacket packet) {
        List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size() && !HostMatcher.countsConnections(matches.get(i)); i++) {
            AddressSet only = HostMatcher.namedSenders(matches.get(i), packet);
            if (only != null && !only.overlaps(senders)) {
                return false;
            }
        }
        return true;
    }

    /** A chain where packets enter a table. */
    record Entry(HostTables.Slot slot, HostTables.ChainText chain) {}

    /** How the rules part the senders of a connection whose packets enter chains. */
    Parting parting(Map<HostPacket, List<Entry>> entries) {
        Parting found = new Parting();
        entries.forEach((packet, chains) -> {
            Map<HostTables.ChainText, Boolean> entered = new IdentityHashMap<>();
            List<Entry> left = new ArrayList<>(chains);
            while (!left.isEmpty()) {
                Entry next = left.remove(left.size() - 1);
                if (entered.put(next.chain(), true) == null) {
                    Sifted rules = of(next.slot(), next.chain(), packet);
                    rules.addTo(found, packet);
                    String before = "";
                    for (int i = 0; i < rules.size(); i++) {
                        String target = rules.rule(i).target();
                        if (target.equals(before)) {
                            continue;
                        }
                        before = target;
                        HostTables.ChainText deeper = next.slot().chain(before);
                        if (deeper != null) {
                            left.add(new Entry(next.slot(), deeper));
                        }
                    }
                }
            }
        });
        return found;
    }

    /** How a connection's packets are told apart by their senders. */
    static final class Parting {
        private long[] firsts = new long[64];
        private int count;
        private int steps;
        private long @Nullable [] cuts;

        private void add(HostRule rule, HostPacket packet) {
            List<Match> matches = rule.matches();
            for (int i = 0; i < matches.size(); i++) {
                AddressSet only = HostMatcher.namedSenders(matches.get(i), packet);
                if (only != null && !only.isEmpty()) {
                    add(only.first());
                }
            }
        }

        private void add(long first) {
            firsts = count == firsts.length ? Arrays.copyOf(firsts, 2 * count) : firsts;
            firsts[count++] = first;
        }

        /** How many rules are walked one by one, a row of plain ones as one. */
        int steps() {
            return steps;
        }

        /** Where the senders of rules begin, ascending, each once. */
        long[] cuts() {
            long[] known = cuts;
            if (known == null) {
                known = Arrays.stream(firsts, 0, count).sorted().distinct().toArray();
                cuts = known;
            }
            return known;
        }
    }
}
