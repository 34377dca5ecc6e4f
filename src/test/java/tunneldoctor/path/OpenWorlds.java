package tunneldoctor.path;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.Direction;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;

/**
 * What a decision would be if each condition it leaves open always held, or never: a decision that is the same in all of
 * these worlds did not have to be left open.
 */
final class OpenWorlds {
    private static final int MOST = 6;

    /** Conditions that the generators write and that stay open, as {@code iptables-save} and {@code nft} print them. */
    private static final Pattern OPEN = Pattern.compile(String.join(
            "|",
            " -m limit --limit \\S+( --limit-burst \\d+)?",
            " -m statistic --mode random( !)? --probability \\S+",
            " -m ttl --ttl-gt \\d+",
            " -m pkttype --pkt-type \\S+",
            " -m length --length \\S+",
            " -m recent --update [^\\n]*?--rsource",
            " -m time --timestart \\S+ --timestop \\S+( --datestop \\S+)?",
            " -m connlimit --connlimit-above \\d+ --connlimit-mask \\d+ --connlimit-saddr",
            " -m dscp --dscp \\S+",
            " -m owner( (! )?--((uid|gid)-owner \\S+|socket-exists))+",
            " limit rate (over )?\\S+ burst \\d+ packets",
            " ip ttl > 5",
            " ip length < 70",
            " meta pkttype host",
            " numgen random mod 2 0",
            " quota over 10 mbytes",
            " meta hour \"\\S+\"-\"\\S+\"",
            " ct count over 30",
            " ether saddr 02:00:00:00:00:01"));

    private OpenWorlds() {}

    /**
     * The outcomes of all such worlds; empty if the decision rests on something else, or the worlds are too many.
     *
     * @param sender one of those the decision is for
     */
    static Set<Outcome> outcomes(
            KernelOracle.Printed printed, HostDecision decision, HostFirewall.Question question, AddressSet sender) {
        boolean others = decision.missing().stream()
                .map(Missing::what)
                .anyMatch(what -> what.contains(" ports ")
                        || what.contains("did not count")
                        || what.contains("of equal priority")
                        || what.contains("nfproto"));
        int open = printed.texts().stream().mapToInt(OpenWorlds::count).sum();
        if (others || open == 0 || open > MOST) {
            return Set.of();
        }
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        for (int world = 0; world < 1 << open; world++) {
            in(printed, world, question.direction()).firewall().decide(question).stream()
                    .filter(other -> other.sources().includes(sender))
                    .forEach(other -> outcomes.add(other.outcome()));
        }
        return outcomes.contains(Outcome.UNKNOWN) ? Set.of() : outcomes;
    }

    private static int count(String text) {
        return (int) OPEN.matcher(text).results().count();
    }

    /** @param world a bit for each open condition: whether it always holds */
    private static KernelOracle.Printed in(KernelOracle.Printed printed, int world, Direction direction) {
        List<String> texts = new ArrayList<>();
        int bits = world;
        for (String text : printed.texts()) {
            Matcher open = OPEN.matcher(text);
            StringBuilder decided = new StringBuilder();
            while (open.find()) {
                boolean holds = (bits & 1) == 1;
                boolean ofSender =
                        direction == Direction.OUTBOUND && open.group().startsWith(" -m owner");
                open.appendReplacement(decided, ofSender ? owned(open.group(), holds) : decided(open.group(), holds));
                bits >>= 1;
            }
            open.appendTail(decided);
            texts.add(decided.toString());
        }
        return new KernelOracle.Printed(printed.commands(), texts);
    }

    private static String decided(String condition, boolean holds) {
        String never = condition.startsWith(" -m ") ? " -s 240.0.0.1/32" : " ip protocol 253";
        return holds ? "" : never;
    }

    /** What holds of the packets that a process of the node sends does not hold of the kernel's own, which no one owns. */
    private static String owned(String condition, boolean holds) {
        boolean ofUnowned = Pattern.compile(" --").matcher(condition).results().count()
                == Pattern.compile(" ! --").matcher(condition).results().count();
        return holds == ofUnowned
                ? decided(condition, holds)
                : " -m owner " + (ofUnowned ? "! " : "") + "--socket-exists";
    }
}
