package tunneldoctor.cli;

import java.util.List;
import java.util.stream.Collectors;
import tunneldoctor.knowledge.RuleAccount;
import tunneldoctor.knowledge.RuleAccount.Miss;
import tunneldoctor.knowledge.RuleAccount.Near;
import tunneldoctor.knowledge.RuleAccount.Obstacle;
import tunneldoctor.knowledge.RuleAccount.Step;
import tunneldoctor.knowledge.RuleAccount.Witness;
import tunneldoctor.model.SourceRef;
import tunneldoctor.report.Escape;

/** How rules fared, for the author of the rules: each condition with its line, under it the facts and where they stand. */
final class AccountText {
    private static final int SHOWN_MATCHES = 2;
    private static final int SHOWN_NEAREST = 2;
    private static final int SHOWN_EVIDENCE = 2;
    private static final int SHOWN_NODES = 4;

    /** Longer than a screen is wide, as conditions are read against the file; not longer than a few rows. */
    private static final int LONGEST = 240;

    private final StringBuilder page = new StringBuilder();
    private final boolean verbose;
    private final String indent;

    private AccountText(boolean verbose, String indent) {
        this.verbose = verbose;
        this.indent = indent;
    }

    /**
     * One rule, ending with a line break.
     *
     * @param indent stands before each line
     */
    static String of(RuleAccount account, boolean verbose, String indent) {
        AccountText text = new AccountText(verbose, indent);
        text.account(account);
        return text.page.toString();
    }

    private void account(RuleAccount account) {
        String place = Terminal.near(account.file()) + ":" + account.line();
        String fate = account.obstacle().isPresent()
                ? "stopped at line " + account.obstacle().get().line()
                : account.fired() ? times(account.times()) : "did not fire";
        line(0, place + ": \"" + account.rule() + "\" " + fate);
        if (!account.remark().isEmpty()) {
            line(1, account.remark());
        }
        int shown = shown(account.matches().size(), SHOWN_MATCHES);
        for (RuleAccount.Match match : account.matches().subList(0, shown)) {
            match.steps().forEach(this::step);
        }
        if (shown > 0 && account.times() > shown) {
            more(1, account.times() - shown, "match");
        }
        account.obstacle().ifPresent(obstacle -> {
            obstacle.before().forEach(this::step);
            obstacle(1, obstacle);
        });
    }

    private static String times(int times) {
        return times == 1 ? "fired" : "fired " + times + " times";
    }

    private void step(Step step) {
        line(1, "✓ " + step.line() + ": " + step.condition() + (step.remark().isEmpty() ? "" : ": " + step.remark()));
        step.facts().forEach(fact -> witness(3, fact, ""));
    }

    private void witness(int depth, Witness fact, String verdict) {
        String values = fact.values().stream()
                .map(value -> value.of() + " = " + value.is())
                .collect(Collectors.joining(", "));
        line(
                depth,
                (fact.type().isEmpty() ? "" : fact.type() + nodes(fact.nodes()) + (values.isEmpty() ? "" : ": "))
                        + values
                        + verdict);
        evidence(depth + 1, fact.evidence());
    }

    private String nodes(List<String> nodes) {
        if (nodes.isEmpty()) {
            return "";
        }
        int shown = shown(nodes.size(), SHOWN_NODES);
        return " of " + String.join(", ", nodes.subList(0, shown))
                + (shown < nodes.size() ? ", … " + nodes.size() + " in all" : "");
    }

    private void evidence(int depth, List<SourceRef> evidence) {
        int shown = shown(evidence.size(), SHOWN_EVIDENCE);
        for (SourceRef source : evidence.subList(0, shown)) {
            line(
                    depth,
                    source.document()
                            + (source.line() > 0 ? " line " + source.line() : "")
                            + (source.text().isEmpty() ? "" : ": " + source.text()));
        }
        more(depth, evidence.size() - shown, "place");
    }

    private void obstacle(int depth, Obstacle obstacle) {
        line(depth, "✗ " + obstacle.line() + ": " + obstacle.condition());
        switch (obstacle.kind()) {
            case NO_SUCH_FACT -> line(depth + 2, "there is no such fact at all");
            case NO_FACT_PASSES -> {
                line(
                        depth + 2,
                        "none of " + obstacle.facts() + (obstacle.facts() == 1 ? " fact" : " facts")
                                + " passes; nearest:");
                nearest(depth + 2, obstacle.nearest());
            }
            case IN_THE_WAY -> {
                line(depth + 2, "there is:");
                obstacle.inTheWay().forEach(step -> step.facts().forEach(fact -> witness(depth + 2, fact, "")));
            }
            case EXCEPTION -> {
                line(depth + 2, "there is an exception:");
                nearest(depth + 2, obstacle.nearest());
            }
            case NO_ALTERNATIVE -> {
                line(depth + 2, "no part holds:");
                obstacle.alternatives().forEach(one -> obstacle(depth + 2, one));
            }
            case VALUE -> {
                if (obstacle.nearest().isEmpty()) {
                    line(depth + 2, "there is nothing to compute it from");
                }
                nearest(depth + 2, obstacle.nearest());
            }
        }
    }

    private void nearest(int depth, List<Near> nearest) {
        int shown = shown(nearest.size(), SHOWN_NEAREST);
        for (Near near : nearest.subList(0, shown)) {
            witness(depth, near.fact(), "");
            near.misses().forEach(miss -> miss(depth + 1, miss));
        }
        more(depth, nearest.size() - shown, "fact");
    }

    private void miss(int depth, Miss miss) {
        String test = miss.field().isEmpty() ? miss.test() : miss.field() + ": wanted " + miss.wanted();
        line(
                depth,
                "✗ " + (miss.line() > 0 ? "line " + miss.line() + ": " : "") + test
                        + (miss.got().isEmpty() ? "" : ", got " + miss.got()));
    }

    private int shown(int size, int few) {
        return verbose ? size : Math.min(size, few);
    }

    private void more(int depth, int hidden, String noun) {
        if (hidden > 0) {
            String plural = noun.endsWith("ch") ? noun + "es" : noun + "s";
            line(depth, "… and " + hidden + " more " + (hidden == 1 ? noun : plural) + (verbose ? "" : " (--verbose)"));
        }
    }

    private void line(int depth, String text) {
        page.append(indent)
                .append("  ".repeat(depth))
                .append(verbose ? Escape.line(text) : Escape.line(text, LONGEST))
                .append('\n');
    }
}
