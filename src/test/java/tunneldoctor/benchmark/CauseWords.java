package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import tunneldoctor.model.Certainty;
import tunneldoctor.model.Conclusion;
import tunneldoctor.model.Fact;
import tunneldoctor.model.FactChange;
import tunneldoctor.model.Missing;

/** Writes down what is concluded about one cause. */
final class CauseWords {
    private final String cause;
    private final List<Conclusion> conclusions;
    private boolean found;

    CauseWords(String cause, List<Conclusion> conclusions) {
        this.cause = cause;
        this.conclusions = conclusions;
    }

    boolean found() {
        return found;
    }

    void proved(String why, Fact... because) {
        found(Certainty.PROVED, why, because);
    }

    void likely(String why, Fact... because) {
        found(Certainty.LIKELY, why, because);
    }

    void possible(String why, Fact... because) {
        found(Certainty.POSSIBLE, why, because);
    }

    private void found(Certainty certainty, String why, Fact... because) {
        found = true;
        conclusions.add(new Conclusion.Finding(cause, certainty, why, List.of(because)));
    }

    void notApplicable(String reason) {
        conclusions.add(new Conclusion.NotApplicable(cause, reason));
    }

    void cannotTell(Fact open) {
        conclusions.add(new Conclusion.CannotTell(
                cause, List.copyOf(new LinkedHashSet<>(open.missing())), List.copyOf(new TreeSet<>(open.nodes()))));
    }

    void cannotTell(String what, String command) {
        conclusions.add(new Conclusion.CannotTell(cause, List.of(new Missing(what, command)), List.of()));
    }

    void clears(Fact because) {
        conclusions.add(new Conclusion.Clears(cause, because));
    }

    void explains(Fact observation) {
        conclusions.add(new Conclusion.Explains(cause, observation));
    }

    void contradicts(Fact observation, String why) {
        conclusions.add(new Conclusion.Contradicts(cause, observation, why));
    }

    Remedy remedy(String solution, String summary) {
        return new Remedy(solution, summary);
    }

    /** Collects the parts of a remedy; {@link #done} writes it down. */
    final class Remedy {
        private final String solution;
        private final String summary;
        private List<? extends FactChange> changes = List.of();
        private List<String> commands = List.of();
        private final List<String> advice = new ArrayList<>(2);
        private final List<String> warnings = new ArrayList<>(2);
        private List<String> verify = List.of();

        private Remedy(String solution, String summary) {
            this.solution = solution;
            this.summary = summary;
        }

        Remedy changes(List<? extends FactChange> all) {
            changes = all;
            return this;
        }

        Remedy command(String one) {
            commands = List.of(one);
            return this;
        }

        Remedy advice(String one) {
            advice.add(one);
            return this;
        }

        Remedy advice(List<String> more) {
            advice.addAll(more);
            return this;
        }

        Remedy warning(String one) {
            warnings.add(one);
            return this;
        }

        Remedy verify(List<String> all) {
            verify = all;
            return this;
        }

        Remedy verify(String one) {
            return verify(List.of(one));
        }

        void done() {
            conclusions.add(new Conclusion.Remedy(
                    cause, solution, summary, List.copyOf(changes), commands, advice, warnings, verify));
        }
    }
}
