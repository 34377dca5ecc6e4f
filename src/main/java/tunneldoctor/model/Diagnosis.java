package tunneldoctor.model;

import java.util.List;
import java.util.Optional;

/**
 * The answer for one facts document: every known cause stands in exactly one of the four lists.
 *
 * @param file the facts file's name as given
 * @param cluster what is known of the cluster, for the report's head
 * @param diagnoses causes found, first the one to repair first
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
        List<Problem> problems) {
    public Diagnosis {
        diagnoses = List.copyOf(diagnoses);
        ruledOut = List.copyOf(ruledOut);
        notApplicable = List.copyOf(notApplicable);
        cannotTell = List.copyOf(cannotTell);
        problems = List.copyOf(problems);
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
            List<Repair> repairs) {
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
     */
    public record Repair(
            String solution,
            String summary,
            List<String> commands,
            List<String> advice,
            List<String> warnings,
            List<String> verify) {
        public Repair {
            commands = List.copyOf(commands);
            advice = List.copyOf(advice);
            warnings = List.copyOf(warnings);
            verify = List.copyOf(verify);
        }
    }

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
