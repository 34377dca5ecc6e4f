package tunneldoctor.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Conclusion;

/**
 * Puts the causes found in the order in which to look at them: contradicted ones last; then by how many symptoms they
 * explain, certainty, how many nodes their repair alone restores, how many they affect, severity, and id.
 */
final class Ranking {
    private Ranking() {}

    static List<Candidate> rank(List<Cause> causes, List<Conclusion> conclusions, WhatIf whatIf)
            throws RuleBaseException {
        List<Cause> found = causes.stream()
                .filter(cause -> !Coverage.of(conclusions, cause, Conclusion.Finding.class)
                        .isEmpty())
                .toList();
        List<Candidate> candidates = new ArrayList<>(Together.each(
                found,
                cause -> new Candidate(
                        cause, Coverage.of(conclusions, cause, Conclusion.Finding.class), conclusions, whatIf)));
        candidates.sort(Comparator.comparing(Candidate::contradicted)
                .thenComparing(candidate -> -candidate.explained())
                .thenComparing(Candidate::certainty)
                .thenComparing(candidate -> -candidate.restores())
                .thenComparing(candidate -> candidate.nodes().isEmpty()
                        ? Integer.MIN_VALUE
                        : -candidate.nodes().size())
                .thenComparing(candidate -> candidate.cause().severity())
                .thenComparing(candidate -> candidate.cause().id()));
        return candidates;
    }
}
