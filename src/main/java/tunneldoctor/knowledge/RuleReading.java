package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The rules of a rule base as they can be followed by hand. A file is read when it is first asked about. */
final class RuleReading {
    private final List<LoadedRules> files;
    private final Map<String, List<RulePremises>> read = new ConcurrentHashMap<>();

    RuleReading(List<LoadedRules> files) {
        this.files = files;
    }

    /** In the order of the files. */
    List<RulePremises> all() {
        List<RulePremises> all = new ArrayList<>();
        files.forEach(file -> all.addAll(of(file.file().id())));
        return all;
    }

    /** The rules of one file, in its order; empty if there is no such file. */
    List<RulePremises> of(String id) {
        return read.computeIfAbsent(
                id,
                key -> files.stream()
                        .filter(file -> file.file().id().equals(key))
                        .findFirst()
                        .map(RuleReading::read)
                        .orElse(List.of()));
    }

    private static List<RulePremises> read(LoadedRules rules) {
        return RuleSyntax.parse(rules.file(), new ArrayList<>())
                .map(parsed -> PremiseReader.read(rules.file(), parsed.tree(), rules.another()))
                .orElse(List.of());
    }
}
