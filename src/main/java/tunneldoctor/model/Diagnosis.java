package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * The answer for one facts document: every known cause stands in exactly one of the four lists.
 *
 * @param file the facts file's name as given
 * @param cluster what is known of the cluster, for the report's head
 * @param diagnoses causes found, first the one to repair first
 * @param plan the repairs that together restore what can be restored, in order; empty if nothing is broken, or nothing
 *     that is broken has a repair whose effect the facts show
 * @param next the evidence to gather first; empty if nothing is left open
 * @param known causes found that the user said are known, kept out of {@code diagnoses}
 */
public record Diagnosis(
        String file,
        String apiVersion,
        Optional<String> scene,
        Head cluster,
        Tunnel tunnel,
        List<Diagnosed> diagnoses,
        List<RuledOut> ruledOut,
        List<Conclusion.NotApplicable> notApplicable,
        List<Open> cannotTell,
        List<Problem> problems,
        Plan plan,
        Optional<NextEvidence> next,
        List<Known> known) {
    public Diagnosis {
        diagnoses = List.copyOf(diagnoses);
        ruledOut = List.copyOf(ruledOut);
        notApplicable = List.copyOf(notApplicable);
        cannotTell = List.copyOf(cannotTell);
        problems = List.copyOf(problems);
        known = List.copyOf(known);
    }

    /** Ids of the causes found, in rank order. */
    public List<String> causesFound() {
        return diagnoses.stream().map(Diagnosed::cause).toList();
    }

    /** Ids of the causes that cannot be told. */
    public List<String> causesOpen() {
        return cannotTell.stream().map(Open::cause).toList();
    }

    /**
     * Texts are empty where not known.
     *
     * @param network plugin and mode for people
     * @param nodeCount nodes known from any evidence
     */
    public record Head(
            String name,
            String resourceGroup,
            String nodeResourceGroup,
            String location,
            String kubernetesVersion,
            String network,
            String outboundType,
            Answer privateCluster,
            int nodeCount,
            List<Agent> agents) {
        public Head {
            agents = List.copyOf(agents);
        }
    }

    /**
     * A cause found.
     *
     * @param rank 1 for the first
     * @param why what was found, and why it stands at this rank
     * @param nodes affected nodes, sorted; empty where the whole cluster is
     * @param explains symptoms it accounts for
     * @param contradictedBy observations that speak against it, as sentences
     * @param standing why it stands at this rank, one sentence
     */
    public record Diagnosed(
            String cause,
            String title,
            Certainty certainty,
            Severity severity,
            int rank,
            String why,
            List<String> nodes,
            List<SourceRef> evidence,
            List<SourceRef> explains,
            List<String> contradictedBy,
            List<Repair> repairs,
            String standing) {
        public Diagnosed {
            nodes = List.copyOf(nodes);
            evidence = List.copyOf(evidence);
            explains = List.copyOf(explains);
            contradictedBy = List.copyOf(contradictedBy);
            repairs = List.copyOf(repairs);
        }
    }

    /**
     * @param solution the documented solution's number
     * @param commands ready to paste, in order
     * @param advice steps that are not commands
     * @param verify commands that show whether it worked
     * @param proof what it does, shown by making its changes to the facts and diagnosing again
     * @param undo commands that take it back, in order; empty where it cannot be taken back by commands
     */
    public record Repair(
            String solution,
            String summary,
            List<String> commands,
            List<String> advice,
            List<String> warnings,
            List<String> verify,
            Proof proof,
            List<String> undo) {
        public Repair {
            commands = List.copyOf(commands);
            advice = List.copyOf(advice);
            warnings = List.copyOf(warnings);
            verify = List.copyOf(verify);
            undo = List.copyOf(undo);
        }
    }

    /** What a repair was shown to do. */
    public enum Effect {
        /** The cause is gone, and every node it kept from being reached is reached as far as the facts show. */
        CLEARS,
        /** The cause is gone or smaller, but something else still blocks nodes that it blocked. */
        NEEDS_OTHERS,
        /** The facts cannot show what it does. */
        ADVICE
    }

    /**
     * @param restored nodes that cannot be reached now and can be with this repair alone, as far as the facts show; where
     *     they do not show all, the note says so
     * @param broken nodes that cannot be reached now
     * @param opens traffic that passes with the repair and does not now
     * @param note what else to know of the effect, one sentence; empty if nothing
     */
    public record Proof(Effect effect, int restored, int broken, List<Opening> opens, String note) {
        /** A repair of which nothing can be shown. */
        public static final Proof NONE = new Proof(Effect.ADVICE, 0, 0, List.of(), "");

        public Proof {
            opens = List.copyOf(opens);
        }
    }

    /**
     * @param broken nodes that cannot be reached now
     * @param restored those of them that can be after all steps, as far as the facts show
     * @param rest what the steps leave undone, or cannot be told of several, one sentence; empty if nothing
     */
    public record Plan(List<Step> steps, int broken, int restored, String rest) {
        public static final Plan EMPTY = new Plan(List.of(), 0, 0, "");

        public Plan {
            steps = List.copyOf(steps);
        }
    }

    /**
     * @param cause whose repair it is
     * @param alone nodes that this step alone restores
     * @param together nodes restored after this step and those before it
     * @param instead other repairs of the same cause that would do too: solution and summary
     */
    public record Step(
            String cause,
            String solution,
            String summary,
            List<String> commands,
            List<String> undo,
            int alone,
            int together,
            List<String> instead) {
        public Step {
            commands = List.copyOf(commands);
            undo = List.copyOf(undo);
            instead = List.copyOf(instead);
        }
    }

    /**
     * @param command the command whose answer would settle most
     * @param settles causes that wait for it, in the order of {@code cannotTell}
     */
    public record NextEvidence(String command, List<String> settles) {
        public NextEvidence {
            settles = List.copyOf(settles);
        }
    }

    /**
     * A cause found that the user knows of.
     *
     * @param reason why it is accepted, in the user's words
     * @param until the last day it is, as {@code 2026-12-31}
     */
    public record Known(String cause, String title, String reason, String until) {}

    /** @param reason what shows that the cause is not at work */
    public record RuledOut(String cause, String title, String reason) {}

    /**
     * @param missing what evidence is missing
     * @param command the command that would settle it
     * @param nodes nodes it cannot be told for; empty where it is about the cluster
     */
    public record Open(String cause, String title, String missing, String command, List<String> nodes) {
        public Open {
            nodes = List.copyOf(nodes);
        }
    }
}
