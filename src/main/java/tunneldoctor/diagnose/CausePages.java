package tunneldoctor.diagnose;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.CausePage;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.parse.UnreadableFactsException;

/** Puts together what rules and samples say of each cause. */
public final class CausePages {
    private final Diagnoser diagnoser;
    private final Samples samples;

    public CausePages(RuleBase rules, Samples samples) {
        this.diagnoser = new Diagnoser(rules);
        this.samples = samples;
    }

    /**
     * A page with the scenes of its cause, and the repairs of the first scene that finds it. A sample that cannot be read
     * shows nothing: what is wrong with it is the check's to say.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public CausePage complete(CausePage page) throws RuleBaseException {
        List<ClusterFacts> documents;
        try {
            documents = Samples.scenes(samples.of(page.cause()));
        } catch (IOException | UnreadableFactsException absent) {
            return page;
        }
        String id = page.cause().id();
        List<CausePage.Scene> scenes = new ArrayList<>();
        String example = "";
        List<Diagnosis.Repair> repairs = List.of();
        for (ClusterFacts scene : documents) {
            Optional<ClusterFacts.Expectation> expect = scene.expect();
            List<String> found = expect.map(ClusterFacts.Expectation::found).orElse(List.of());
            String title = scene.scene().orElse("");
            scenes.add(new CausePage.Scene(
                    title,
                    found,
                    expect.map(ClusterFacts.Expectation::cannotTell).orElse(List.of())));
            if (example.isEmpty() && found.contains(id)) {
                example = title;
                repairs = diagnoser.diagnose(scene).diagnoses().stream()
                        .filter(diagnosed -> diagnosed.cause().equals(id))
                        .findFirst()
                        .map(Diagnosis.Diagnosed::repairs)
                        .orElse(List.of());
            }
        }
        return page.with(scenes, example, repairs);
    }
}
