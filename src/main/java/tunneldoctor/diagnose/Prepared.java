package tunneldoctor.diagnose;

import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Facts;
import tunneldoctor.parse.FactReader;
import tunneldoctor.path.PathAnalysis;

/** What is made of a facts document before any rule is asked: its facts, and what every hop does. */
public record Prepared(ClusterFacts given, Facts facts, PathAnalysis paths) {
    /** Needs no rule base. */
    public static Prepared of(ClusterFacts given) {
        Facts facts = FactReader.read(given);
        return new Prepared(given, facts, PathAnalysis.of(facts));
    }
}
