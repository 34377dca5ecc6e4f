package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.drools.model.Model;

/** The rules of a rule base as they can be followed by hand. A file is read when it is first asked about. */
final class RuleReading {
    private final Map<RuleFile, Model> models;
    private final Map<String, List<RulePremises>> read = new ConcurrentHashMap<>();

    RuleReading(Map<RuleFile, Model> models) {
        this.models = models;
    }

    /** In the order of the files. */
    List<RulePremises> all() {
        List<RulePremises> all = new ArrayList<>();
        models.keySet().forEach(file -> all.addAll(of(file.id())));
        return all;
    }

    /** The rules of one file, in its order; empty if there is no such file. */
    List<RulePremises> of(String id) {
        return read.computeIfAbsent(
                id,
                key -> models.entrySet().stream()
                        .filter(entry -> entry.getKey().id().equals(key))
                        .findFirst()
                        .map(entry -> read(entry.getKey(), entry.getValue()))
                        .orElse(List.of()));
    }

    private static List<RulePremises> read(RuleFile file, Model built) {
        return RuleSyntax.parse(file, new ArrayList<>())
                .map(parsed -> PremiseReader.read(file, parsed.tree(), RuleBase.another(built)))
                .orElse(List.of());
    }
}
