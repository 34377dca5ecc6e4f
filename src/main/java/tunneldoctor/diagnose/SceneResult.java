package tunneldoctor.diagnose;

import java.util.List;
import tunneldoctor.knowledge.RuleAccount;

/**
 * How a scene ended.
 *
 * @param file the facts file's name as given
 * @param scene its title
 * @param flaws what makes the scene useless as a test, as sentences; then nothing was compared
 * @param differences causes that do not stand where the scene expects them; empty if it passed
 */
public record SceneResult(String file, String scene, List<String> flaws, List<Difference> differences) {
    public SceneResult {
        flaws = List.copyOf(flaws);
        differences = List.copyOf(differences);
    }

    public boolean usable() {
        return flaws.isEmpty();
    }

    public boolean passed() {
        return usable() && differences.isEmpty();
    }

    /** Where a cause stands. */
    public enum Standing {
        FOUND("found"),
        CANNOT_TELL("cannot tell"),
        NOT_APPLICABLE("not applicable"),
        RULED_OUT("ruled out"),
        /** What a scene expects of every cause it does not name: ruled out or not applicable. */
        NEITHER("neither found nor open");

        private final String words;

        Standing(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /**
     * A cause that stands elsewhere than expected.
     *
     * @param why the rules that brought it there, or did not bring it where it was expected
     */
    public record Difference(String cause, Standing expected, Standing got, List<RuleAccount> why) {
        public Difference {
            why = List.copyOf(why);
        }
    }
}
