package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.Match;
import tunneldoctor.model.Match.Opaque;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.SourceRef;

/**
 * One rule of nftables while it is being read, from text or JSON: conditions and effects from left to right, each effect
 * under the conditions before it. What one nftables rule says with a set of values or a verdict map may take several
 * rules of the model; they stand at the same position and never catch the same packet twice.
 */
final class NftRuleDraft {
    /** No packet of IPv4 is of "every protocol but all". */
    static final Match NEVER = new Match.Protocol(0, true);

    /** Target of a rule that may do anything. */
    private static final String ANYTHING = IptablesTableDraft.UNREADABLE_TARGET;

    /** Beyond this, alternatives are kept as one open condition. */
    private static final int MAX_ALTERNATIVES = 4096;

    /** Beyond this, what all alternatives ask for together is kept as one open condition. */
    private static final int MAX_CONDITIONS = 65_536;

    /**
     * One effect.
     *
     * @param when ways its conditions can hold
     * @param targets one per way, or one for all
     */
    private record Step(List<List<Match>> when, List<String> targets, String options) {
        String target(int way) {
            return targets.get(targets.size() == 1 ? 0 : way);
        }
    }

    private final IntPredicate affords;
    private final boolean translated;
    private final List<Step> steps = new ArrayList<>();
    private List<List<Match>> alternatives = List.of(List.of());
    private boolean asksMark;
    private boolean marksAfterAsking;
    private final boolean onlyIpv4;

    /**
     * @param onlyIpv4 whether the table is for IPv4 only
     * @param translated whether its text may be nft's translation of an extension of iptables
     * @param affords whether the document's length pays for so many ways more; called once for each demand
     */
    NftRuleDraft(boolean onlyIpv4, boolean translated, IntPredicate affords) {
        this.onlyIpv4 = onlyIpv4;
        this.translated = translated;
        this.affords = affords;
    }

    void and(Match match) {
        and(List.of(List.of(match)));
    }

    void open(String words, Reason reason) {
        and(new Opaque(words, reason));
    }

    /** Something that was not understood and may decide. */
    void anything(String words) {
        open(words, Reason.NOT_UNDERSTOOD);
        effect(ANYTHING, "");
    }

    /** What the rule does under the conditions read so far. */
    void effect(String target, String options) {
        if (marksAfterAsking) {
            // Written as two rules, the second would ask for the mark the first has changed.
            open("a mark asked for and set", Reason.NOT_UNDERSTOOD);
            marksAfterAsking = false;
        }
        steps.add(new Step(alternatives, List.of(target), options));
        marksAfterAsking = target.equals("MARK") && asksMark;
    }

    /**
     * A refusal.
     *
     * @param kind {@code tcp reset}, {@code icmp}, {@code icmpx} or {@code icmpv6}
     * @param code what the ICMP message says, for example {@code port-unreachable} or {@code 3}
     */
    void reject(String kind, String code) {
        switch (kind) {
            case "icmpv6" -> and(NEVER);
            case "tcp reset" -> {
                mayBeForIpv6("reject with tcp reset");
                effect("REJECT", "--reject-with tcp-reset");
                return;
            }
            default -> {
                // Both families.
            }
        }
        effect("REJECT", "--reject-with icmp-" + NftFields.refusal(kind, code));
    }

    /** Of a rule that says such a thing nft 1.0.6 lists no {@code meta nfproto ipv6} that stands before it. */
    private void mayBeForIpv6(String before) {
        if (!onlyIpv4) {
            open("meta nfproto ipv6 before " + before + ", which nft does not list", Reason.OMITTED);
        }
    }

    /** An extension of iptables of which nftables only tells the name. */
    void extension(boolean match, String name) {
        if (match) {
            if (!name.equals("comment")) {
                open("xt match " + name, IptablesWords.reason(name));
            }
            return;
        }
        List<List<Match>> before = alternatives;
        switch (name) {
            case "REJECT" -> {
                open("how xt target REJECT refuses", Reason.NOT_SHOWN);
                effect(name, "--reject-with tcp-reset");
                alternatives = before;
                effect(name, "--reject-with what xt does not tell");
            }
            case "CT" -> {
                open("what xt target CT does", Reason.NOT_SHOWN);
                effect("NOTRACK", "");
                alternatives = before;
            }
            case "MARK", "CONNMARK" -> effect("MARK", "unknown");
            default -> effect(name, "");
        }
    }

    /**
     * The condition that fields have the values of an element of a set; in a map the element says what happens.
     *
     * @param fields one, or several asked about together
     * @param words the condition as printed
     */
    void lookup(List<String> fields, NftSet set, boolean negated, String words) {
        fields.forEach(this::demand);
        asksMark |= fields.contains("meta mark");
        boolean map = set.map();
        if (negated && map) {
            unknown(words, Reason.NOT_UNDERSTOOD, true);
        } else if (!negated && !map && set.ofMultiport(fields)) {
            open(words, Reason.NOT_SHOWN);
        } else if (negated && fields.size() > 1) {
            noneOf(fields, set, words);
        } else if (fields.size() == 1 && !map) {
            Optional<List<List<Match>>> ways = set.oneOf(fields.get(0), negated);
            if (ways.isPresent() && affordable(ways.get().size())) {
                and(ways.get());
            } else {
                open(
                        words,
                        ways.isPresent()
                                ? Reason.NOT_UNDERSTOOD
                                : set.each(fields).reason());
            }
        } else {
            member(fields, set, words);
        }
    }

    private void member(List<String> fields, NftSet set, String words) {
        NftSet.Ways ways = set.each(fields);
        if (ways.each().isEmpty()) {
            openMember(words, ways.reason(), set);
        } else if (!affordable(ways.each().get().size())) {
            unknown(words, Reason.NOT_UNDERSTOOD, set.map());
        } else if (set.map()) {
            decide(ways.each().get(), set.verdicts());
        } else {
            and(set.elements().isEmpty() ? List.of(List.of(NEVER)) : ways.each().get());
        }
    }

    /** Of each element at least one key must not be met: the first that is not, with all before it met. */
    private void noneOf(List<String> fields, NftSet set, String words) {
        List<List<Match>> before = alternatives;
        for (NftSet.Element element : set.elements()) {
            List<List<Match>> ways = new ArrayList<>();
            List<Match> met = new ArrayList<>();
            for (int i = 0; i < fields.size(); i++) {
                List<String> key = element.keys().size() == fields.size()
                        ? List.of(element.keys().get(i))
                        : List.of("");
                Optional<List<List<Match>>> is = NftFields.oneOf(fields.get(i), key, false);
                Optional<List<List<Match>>> isNot = NftFields.oneOf(fields.get(i), key, true);
                if (is.isEmpty()
                        || isNot.isEmpty()
                        || is.get().size() != 1
                        || isNot.get().size() != 1) {
                    alternatives = before;
                    open(words, set.each(fields).reason());
                    return;
                }
                List<Match> way = new ArrayList<>(met);
                way.addAll(isNot.get().get(0));
                ways.add(way);
                met.addAll(is.get().get(0));
            }
            if (!affordable(ways.size())) {
                alternatives = before;
                open(words, Reason.NOT_UNDERSTOOD);
                return;
            }
            and(ways);
        }
    }

    /** A set whose elements are not known. */
    void lookupUnknown(List<String> fields, boolean map, String words) {
        fields.forEach(this::demand);
        unknown(words, Reason.NOT_SHOWN, map);
    }

    private void unknown(String words, Reason reason, boolean map) {
        open(words, reason);
        if (map) {
            effect(ANYTHING, "");
        }
    }

    /** Each thing a map may do may happen, or nothing. */
    private void openMember(String words, Reason reason, NftSet set) {
        open(words, reason);
        if (!set.map()) {
            return;
        }
        List<String> verdicts = set.verdicts().stream().distinct().toList();
        if (!affordable(verdicts.size())) {
            effect(ANYTHING, "");
            return;
        }
        verdicts.stream().filter(verdict -> !verdict.equals(NftSet.CONTINUE)).forEach(verdict -> effect(verdict, ""));
        alternatives = verdicts.contains(NftSet.CONTINUE) ? alternatives : List.of();
    }

    private boolean affordable(int ways) {
        long all = (long) alternatives.size() * ways;
        return ways <= 1 || all <= MAX_ALTERNATIVES && affords.test((int) all);
    }

    private void and(List<List<Match>> ways) {
        alternatives = times(ways);
        long conditions = alternatives.isEmpty()
                ? 0
                : (long) alternatives.size() * alternatives.get(0).size();
        if (conditions > MAX_CONDITIONS) {
            alternatives = List.of(List.of(new Opaque("more conditions than are followed", Reason.NOT_UNDERSTOOD)));
        }
        asksMark |= ways.stream().anyMatch(way -> way.stream().anyMatch(Match.Mark.class::isInstance));
    }

    /** What a condition may have been before nft translated it. */
    private static Match original(Match match) {
        if (!(match instanceof Match.Connection connection)) {
            return match;
        }
        // All that nft 1.0.6 prints of "! --ctstate NEW,DNAT" is "ct status dnat".
        boolean garbled = connection.trait() instanceof Match.Connection.Status status
                && (status.names().contains("SNAT") || status.names().contains("DNAT"));
        return garbled
                ? new Opaque(connection.words(), Reason.NOT_SHOWN)
                : new Match.Connection(connection.words(), connection.trait(), connection.negated(), Optional.empty());
    }

    private List<List<Match>> times(List<List<Match>> ways) {
        List<List<Match>> all = new ArrayList<>(alternatives.size() * ways.size());
        for (List<Match> before : alternatives) {
            for (List<Match> way : ways) {
                List<Match> more = new ArrayList<>(before.size() + way.size());
                more.addAll(before);
                for (Match match : way) {
                    more.add(translated ? original(match) : match);
                }
                all.add(more);
            }
        }
        return all;
    }

    /** What follows a verdict map in the rule is met only by packets the map tells to go on. */
    private void decide(List<List<Match>> ways, List<String> verdicts) {
        if (marksAfterAsking) {
            open("a mark asked for and set", Reason.NOT_UNDERSTOOD);
            marksAfterAsking = false;
        }
        List<List<Match>> when = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        List<List<Match>> onward = new ArrayList<>();
        List<List<Match>> all = times(ways);
        for (int i = 0; i < all.size(); i++) {
            String verdict = verdicts.get(i % verdicts.size());
            if (verdict.equals(NftSet.CONTINUE)) {
                onward.add(all.get(i));
            } else {
                when.add(all.get(i));
                targets.add(verdict);
            }
        }
        if (!when.isEmpty()) {
            steps.add(new Step(when, targets, ""));
        }
        alternatives = onward;
    }

    /** Whether it changes the mark other rules may ask for. */
    boolean marks() {
        return steps.stream().anyMatch(step -> step.targets().contains("MARK"));
    }

    /**
     * @param chainName what the model calls a chain
     * @param tableMarks whether any rule of the table marks packets
     */
    List<HostRule> build(
            String table,
            String chain,
            int position,
            SourceRef at,
            UnaryOperator<String> chainName,
            boolean tableMarks) {
        List<HostRule> rules = new ArrayList<>();
        for (Step step : steps) {
            boolean meetsTwice = tableMarks && mayMeetTwice(step);
            for (int i = 0; i < step.when().size(); i++) {
                List<Match> when = step.when().get(i);
                if (meetsTwice) {
                    when = new ArrayList<>(when);
                    when.add(new Opaque("a mark changed on the way", Reason.NOT_UNDERSTOOD));
                }
                String target = step.target(i);
                String name = enters(target) ? chainName.apply(target.substring("jump ".length())) : target;
                rules.add(new HostRule(
                        table, chain, position, when, name, step.options(), target.startsWith("goto "), "", at));
            }
        }
        if (rules.isEmpty()) {
            // It keeps its place among those it stands with.
            rules.add(new HostRule(table, chain, position, List.of(), "", "", false, "", at));
        }
        return rules;
    }

    /** A chain that one way enters may give the packet the very mark that another way asks for. */
    private static boolean mayMeetTwice(Step step) {
        return step.targets().stream().anyMatch(NftRuleDraft::enters)
                && step.when().stream()
                                .map(way -> way.stream()
                                        .filter(Match.Mark.class::isInstance)
                                        .toList())
                                .distinct()
                                .count()
                        > 1;
    }

    private static boolean enters(String target) {
        return target.startsWith("jump ") || target.startsWith("goto ");
    }

    /** The model's word for a verdict of nftables; empty if it is none. */
    static String verdict(String word) {
        return switch (word) {
            case "accept" -> "ACCEPT";
            case "drop" -> "DROP";
            case "return" -> "RETURN";
            default -> "";
        };
    }

    /** The model's word for a verdict in a map: {@code accept}, {@code jump x}, {@code continue}. */
    static String mapped(String verdict) {
        String known = verdict(verdict);
        if (!known.isEmpty()) {
            return known;
        }
        return verdict.equals(NftSet.CONTINUE) || enters(verdict) && verdict.indexOf(' ', "jump ".length()) < 0
                ? verdict
                : ANYTHING;
    }

    /**
     * The condition that flags under a mask are these.
     *
     * @param mask as {@link NftFields#flagSet} reads it
     */
    void flags(String mask, String set, boolean negated, String words) {
        and(new Match.Protocol(IptablesWords.TCP, false));
        Optional<Set<String>> looked = NftFields.flagSet(mask);
        Optional<Set<String>> wanted = NftFields.flagSet(set);
        if (looked.isEmpty() || wanted.isEmpty() || looked.get().isEmpty()) {
            open(words, Reason.NOT_UNDERSTOOD);
        } else {
            and(new Match.TcpFlags(looked.get(), wanted.get(), negated));
        }
    }

    /**
     * The condition that at least one of these is true of the packet's connection.
     *
     * @param names as nft prints them, for example {@code seen-reply} or {@code 0x2}
     * @param noneOf whether none of them may be true instead
     */
    void status(List<String> names, boolean noneOf, String words) {
        NftFields.status(names, noneOf, words).ifPresentOrElse(this::and, () -> undecided("ct status", words));
    }

    /** The condition that a field under a mask is some value. */
    void masked(String field, String mask, String value, boolean negated, String words) {
        switch (field) {
            case "ip saddr", "ip daddr" -> {
                Optional<Long> bits = AddressSet.parseAddress(mask);
                Optional<Long> wanted = AddressSet.parseAddress(value);
                if (bits.isEmpty() || wanted.isEmpty()) {
                    open(words, Reason.NOT_UNDERSTOOD);
                } else if ((wanted.get() & ~bits.get()) != 0) {
                    and(negated ? List.of(List.of()) : List.of(List.of(NEVER)));
                } else {
                    lookup(List.of(field), NftSet.of(List.of(value + "/" + mask)), negated, words);
                }
            }
            case "meta mark" -> lookup(List.of(field), NftSet.of(List.of(value + "/" + mask)), negated, words);
            case "tcp flags" -> flags(mask, value, negated, words);
            case "ip frag-off" -> {
                boolean offset = mask.equals("0x1fff") || mask.equals("8191");
                boolean none = value.equals("0x0") || value.equals("0");
                if (offset && none) {
                    and(new Match.Fragment(!negated));
                } else {
                    open(words, Reason.NOT_SHOWN);
                }
            }
            default -> undecided(field, words);
        }
    }

    /** A condition of which only the field is known, for example {@code ip ttl > 5}. */
    void undecided(String field, String words) {
        demand(field);
        open(words, NftFields.reason(field));
    }

    private void demand(String field) {
        NftFields.demanded(field).ifPresent(this::and);
        if (field.equals("ct protocol")) {
            mayBeForIpv6(field);
        }
    }
}
