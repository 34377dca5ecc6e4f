package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.kie.api.definition.rule.Rule;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Missing;

/**
 * The words of a rule's {@code then}. Each takes {@code drools.getRule()} first: the cause is the part of the rule's name
 * before the colon, so that no rule states it twice.
 *
 * <pre>
 * insertLogical(Conclude.proved(drools.getRule(), $block.summary(), $block));
 * </pre>
 */
public final class Conclude {
    private Conclude() {}

    /**
     * The cause is at work.
     *
     * @param why one sentence for people
     * @param because the facts it rests on, the deciding one first
     */
    public static Conclusion.Finding found(Rule rule, Certainty certainty, String why, Fact... because) {
        return new Conclusion.Finding(cause(rule), certainty, why, List.of(because));
    }

    /** The facts force it. */
    public static Conclusion.Finding proved(Rule rule, String why, Fact... because) {
        return found(rule, Certainty.PROVED, why, because);
    }

    /** It is the usual reading of incomplete facts. */
    public static Conclusion.Finding likely(Rule rule, String why, Fact... because) {
        return found(rule, Certainty.LIKELY, why, because);
    }

    /** It is consistent with the facts, but not shown by them. */
    public static Conclusion.Finding possible(Rule rule, String why, Fact... because) {
        return found(rule, Certainty.POSSIBLE, why, because);
    }

    /** The cause cannot be at work in a cluster of this kind. */
    public static Conclusion.NotApplicable notApplicable(Rule rule, String reason) {
        return new Conclusion.NotApplicable(cause(rule), reason);
    }

    /** The facts given leave it open; what they miss, and the nodes they are about, are theirs to say. */
    public static Conclusion.CannotTell cannotTell(Rule rule, Fact... open) {
        Set<Missing> missing = new LinkedHashSet<>();
        Set<String> nodes = new TreeSet<>();
        for (Fact fact : open) {
            missing.addAll(fact.missing());
            nodes.addAll(fact.nodes());
        }
        return new Conclusion.CannotTell(cause(rule), List.copyOf(missing), List.copyOf(nodes));
    }

    /**
     * Evidence is missing that no fact stands for.
     *
     * @param command the command that would show it
     */
    public static Conclusion.CannotTell cannotTell(Rule rule, String what, String command) {
        return new Conclusion.CannotTell(cause(rule), List.of(new Missing(what, command)), List.of());
    }

    /** A fact that speaks for the cause's absence. */
    public static Conclusion.Clears clears(Rule rule, Fact because) {
        return new Conclusion.Clears(cause(rule), because);
    }

    /** If the cause is at work, it accounts for the symptom or the scope of what fails. */
    public static Conclusion.Explains explains(Rule rule, Fact observation) {
        return new Conclusion.Explains(cause(rule), observation);
    }

    /** An observation speaks against the cause. */
    public static Conclusion.Contradicts contradicts(Rule rule, Fact observation, String why) {
        return new Conclusion.Contradicts(cause(rule), observation, why);
    }

    /**
     * Begins a way to repair the cause; {@link RemedyDraft#done} ends it.
     *
     * @param solution the documented solution's number, for example {@code 2b}
     */
    public static RemedyDraft remedy(Rule rule, String solution, String summary) {
        return new RemedyDraft(new Conclusion.Remedy(
                cause(rule), solution, summary, List.of(), List.of(), List.of(), List.of(), List.of()));
    }

    /** The part of a rule's name before the colon. */
    static String cause(Rule rule) {
        String name = rule.getName();
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    /** A remedy being put together. Immutable: each step gives a new draft with the words added at the end. */
    public static final class RemedyDraft {
        private final Conclusion.Remedy remedy;

        private RemedyDraft(Conclusion.Remedy remedy) {
            this.remedy = remedy;
        }

        public RemedyDraft changes(List<? extends FactChange> more) {
            return with(
                    joined(remedy.changes(), more),
                    remedy.commands(),
                    remedy.advice(),
                    remedy.warnings(),
                    remedy.verify());
        }

        public RemedyDraft change(FactChange one) {
            return changes(List.of(one));
        }

        /** A command for what the facts cannot show. */
        public RemedyDraft command(String one) {
            return with(
                    remedy.changes(),
                    joined(remedy.commands(), List.of(one)),
                    remedy.advice(),
                    remedy.warnings(),
                    remedy.verify());
        }

        public RemedyDraft advice(List<String> more) {
            return with(
                    remedy.changes(),
                    remedy.commands(),
                    joined(remedy.advice(), more),
                    remedy.warnings(),
                    remedy.verify());
        }

        public RemedyDraft advice(String one) {
            return advice(List.of(one));
        }

        public RemedyDraft warning(String one) {
            return with(
                    remedy.changes(),
                    remedy.commands(),
                    remedy.advice(),
                    joined(remedy.warnings(), List.of(one)),
                    remedy.verify());
        }

        public RemedyDraft verify(List<String> more) {
            return with(
                    remedy.changes(),
                    remedy.commands(),
                    remedy.advice(),
                    remedy.warnings(),
                    joined(remedy.verify(), more));
        }

        public RemedyDraft verify(String one) {
            return verify(List.of(one));
        }

        public Conclusion.Remedy done() {
            return remedy;
        }

        private RemedyDraft with(
                List<FactChange> changes,
                List<String> commands,
                List<String> advice,
                List<String> warnings,
                List<String> verify) {
            return new RemedyDraft(new Conclusion.Remedy(
                    remedy.cause(), remedy.solution(), remedy.summary(), changes, commands, advice, warnings, verify));
        }

        private static <T> List<T> joined(List<T> first, List<? extends T> second) {
            List<T> all = new ArrayList<>(first);
            all.addAll(second);
            return all;
        }
    }
}
