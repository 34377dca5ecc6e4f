package tunneldoctor.diagnose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tunneldoctor.knowledge.RuleCheck;

/** The files a new cause begins with. Whatever only its author can know is an ellipsis, which the check refuses. */
public final class Scaffold {
    private static final String RULES = """
            /*
             * …
             *
             * …
             *
             * Source: …
             */
            package PACKAGE

            import tunneldoctor.knowledge.Conclude

            dialect "java"

            rule "ID: found"
              @title("…")
              @severity("BLOCKING")
              @source("…")
              @maturity("sandbox")
              @ruledOut("…")
            when
              // A pattern for each fact that decides, such as: $fact : ClusterEvent(reason == "FailedMount")
            then
              insertLogical(Conclude.proved(drools.getRule(), "…", $fact));
            end
            """;

    private static final String SCENES = """
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            scene: …
            expect: {found: [ID], cannotTell: []}
            # What the tools printed where the cause is at work: sections azure, kubernetes, nodes, metrics, symptoms.
            ---
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            scene: "near miss: …"
            expect: {found: [], cannotTell: []}
            # The same, with what decides changed: the cause must not be found.
            """;

    private Scaffold() {}

    /** The files are not written, for a reason the user can mend. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /**
     * Writes the rule file and the sample of a new cause. Nothing that is there is overwritten.
     *
     * @param folder below the rules directory, with {@code /}; empty for the directory itself
     * @return the files written
     */
    public static List<Path> write(Path rules, Samples samples, String folder, String id)
            throws IOException, RefusedException {
        if (!RuleCheck.isCauseId(id)) {
            throw new RefusedException("'" + id
                    + "' is no id of a cause: use lower-case words with single dashes, as in" + " nsg-blocks-kubelet");
        }
        if (!folder.isEmpty() && !folder.matches("[a-z0-9-]+(/[a-z0-9-]+)*")) {
            throw new RefusedException("'" + folder + "' is no folder of rules: use lower-case names, as in host");
        }
        Optional<Path> taken = taken(rules, id);
        if (taken.isPresent()) {
            throw new RefusedException("there is a cause of this name: " + taken.get());
        }
        String file = (folder.isEmpty() ? "" : folder + "/") + id + ".drl";
        Path rule = rules.resolve(file);
        Path sample = samples.of(file);
        if (Files.exists(sample)) {
            throw new RefusedException("there is a sample of this name: " + sample);
        }
        create(rule, RULES.replace("PACKAGE", RuleCheck.packageOf(id)).replace("ID", id));
        create(sample, SCENES.replace("ID", id));
        return List.of(rule, sample);
    }

    private static Optional<Path> taken(Path rules, String id) throws IOException {
        if (!Files.exists(rules)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(rules)) {
            return files.filter(file -> file.endsWith(id + ".drl")).findFirst();
        }
    }

    private static void create(Path file, String text) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
}
