package tunneldoctor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tunneldoctor.diagnose.Diagnoser;
import tunneldoctor.knowledge.RuleBase;
import tunneldoctor.knowledge.RuleBaseException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Diagnosis;
import tunneldoctor.parse.FactsFile;
import tunneldoctor.parse.KnownIssuesFile;
import tunneldoctor.parse.UnreadableFactsException;
import tunneldoctor.report.Escape;

/** The real pipeline: facts files, and the rules of a directory. */
final class RulesPipeline implements Pipeline {
    @Override
    public Opened open(Path rules, Path cache) throws UnusableException {
        try {
            return new Ready(new Diagnoser(RuleBase.load(rules, cache)));
        } catch (RuleBaseException e) {
            throw unusable(e);
        }
    }

    /** As {@link Opened#read}; reading needs no rules. */
    static void readFacts(String name, InputStream facts, Consumer<ClusterFacts> each) throws UnusableException {
        try {
            FactsFile.read(name, facts, each);
        } catch (UnreadableFactsException e) {
            // One mistake, one line: a file's name may hold a line break.
            throw new UnusableException(Escape.line(String.valueOf(e.getMessage())));
        }
    }

    /** The exception's message holds every problem with its place, line and hint. */
    static UnusableException unusable(Exception e) {
        return new UnusableException(String.valueOf(e.getMessage()));
    }

    private record Ready(Diagnoser diagnoser) implements Opened {
        @Override
        public void read(String name, InputStream facts, Consumer<ClusterFacts> each)
                throws UnusableException, IOException {
            readFacts(name, facts, each);
        }

        @Override
        public Opened only(List<String> causes) throws UnusableException {
            Set<String> known = ids();
            for (String cause : causes) {
                if (!known.contains(cause)) {
                    throw new UnusableException(Escape.line(
                            "no rule knows the cause " + cause + "; there are " + String.join(", ", known)));
                }
            }
            return new Ready(diagnoser.only(Set.copyOf(causes)));
        }

        @Override
        public Opened knowing(String name, InputStream issues) throws UnusableException {
            try {
                return new Ready(
                        diagnoser.knowing(KnownIssuesFile.read(name, issues, ids(), LocalDate.now(ZoneOffset.UTC))));
            } catch (UnreadableFactsException e) {
                throw new UnusableException(Escape.line(e.getMessage()));
            }
        }

        private Set<String> ids() {
            return diagnoser.causes().stream().map(Cause::id).collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public Diagnosis diagnose(ClusterFacts facts) throws UnusableException {
            try {
                return diagnoser.diagnose(facts);
            } catch (RuleBaseException e) {
                throw unusable(e);
            }
        }
    }
}
