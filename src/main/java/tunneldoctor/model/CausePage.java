package tunneldoctor.model;

import java.util.List;

/**
 * All that a rule base and its samples say of one cause, in words.
 *
 * @param about paragraphs from the head of its file: what it is and why the conditions are enough
 * @param statements its rules, in the order of the file
 * @param evidence where the facts they need come from, each once
 * @param scenes what its sample shows, in the order of the file
 * @param example title of the scene that the repairs are from; empty if none finds the cause
 * @param repairs what is printed for that scene
 */
public record CausePage(
        Cause cause,
        List<String> about,
        List<Statement> statements,
        List<String> evidence,
        List<Scene> scenes,
        String example,
        List<Diagnosis.Repair> repairs) {
    public CausePage {
        about = List.copyOf(about);
        statements = List.copyOf(statements);
        evidence = List.copyOf(evidence);
        scenes = List.copyOf(scenes);
        repairs = List.copyOf(repairs);
    }

    /** The page with what its sample shows. */
    public CausePage with(List<Scene> shown, String exampleTitle, List<Diagnosis.Repair> printed) {
        return new CausePage(cause, about, statements, evidence, shown, exampleTitle, printed);
    }

    /**
     * One rule.
     *
     * @param title its name without the cause
     * @param note what its author remarks above it; empty if nothing
     * @param when its conditions, all of which must hold
     * @param then what it concludes
     */
    public record Statement(String title, String note, List<String> when, List<String> then) {
        public Statement {
            when = List.copyOf(when);
            then = List.copyOf(then);
        }
    }

    /**
     * One document of a sample.
     *
     * @param found causes it must find
     * @param cannotTell causes it must leave open
     */
    public record Scene(String title, List<String> found, List<String> cannotTell) {
        public Scene {
            found = List.copyOf(found);
            cannotTell = List.copyOf(cannotTell);
        }
    }
}
