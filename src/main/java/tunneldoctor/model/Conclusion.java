package tunneldoctor.model;

import java.util.List;

/** What a rule can say about a cause. A cause about which no rule says anything is ruled out. */
public sealed interface Conclusion {
    /** The cause's id, as in its file's name. */
    String cause();

    /**
     * The cause is at work.
     *
     * @param why one sentence for people
     * @param because the facts it rests on, the deciding one first
     */
    record Finding(String cause, Certainty certainty, String why, List<Fact> because) implements Conclusion {
        public Finding {
            because = List.copyOf(because);
        }
    }

    /** The cause cannot be at work in a cluster of this kind. */
    record NotApplicable(String cause, String reason) implements Conclusion {}

    /** The evidence does not tell whether the cause is at work on the nodes named, or at all if none is. */
    record CannotTell(String cause, List<Missing> missing, List<String> nodes) implements Conclusion {
        public CannotTell {
            missing = List.copyOf(missing);
            nodes = List.copyOf(nodes);
        }
    }

    /** A fact that speaks for the cause's absence, to be named where the cause is ruled out. */
    record Clears(String cause, Fact because) implements Conclusion {}

    /** If the cause is at work, it accounts for this symptom or scope. */
    record Explains(String cause, Fact observation) implements Conclusion {}

    /**
     * An observation speaks against the cause.
     *
     * @param why what was observed and why that does not fit
     */
    record Contradicts(String cause, Fact observation, String why) implements Conclusion {}

    /**
     * A way to repair the cause.
     *
     * @param solution the documented solution's number, for example {@code 2b}
     * @param changes what it changes, as far as the facts can show it
     * @param commands further commands, for what the facts cannot show
     * @param advice steps that are not commands
     * @param warnings what to know before doing it
     * @param verify commands that show whether it worked
     */
    record Remedy(
            String cause,
            String solution,
            String summary,
            List<FactChange> changes,
            List<String> commands,
            List<String> advice,
            List<String> warnings,
            List<String> verify)
            implements Conclusion {
        public Remedy {
            changes = List.copyOf(changes);
            commands = List.copyOf(commands);
            advice = List.copyOf(advice);
            warnings = List.copyOf(warnings);
            verify = List.copyOf(verify);
        }
    }
}
