package tunneldoctor.diagnose;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tunneldoctor.knowledge.RuleCheck;
import tunneldoctor.knowledge.RuleProblem;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;
import tunneldoctor.model.Problem;
import tunneldoctor.model.SourceRef;
import tunneldoctor.parse.FactReader;
import tunneldoctor.parse.UnreadableFactsException;

/**
 * Holds the samples of a rule base to what makes them tests: every cause has a scene that finds it and a near miss that does
 * not, and every scene says what it expects, of causes there are.
 */
public final class SampleCheck {
    private static final Pattern TO_FILL_IN = Pattern.compile("[:-]\\s*[\"']?…[\"']?\\s*(#.*)?$");
    private static final Pattern PLACE =
            Pattern.compile("^(?:, line (\\d+))?(?:, column (\\d+))?: (.*)$", Pattern.DOTALL);

    private final Samples samples;
    private final Map<String, RuleCheck.CauseFile> causes = new HashMap<>();
    private final List<RuleProblem> problems = new ArrayList<>();
    private int scenes;

    private SampleCheck(Samples samples, Collection<RuleCheck.CauseFile> causes) {
        this.samples = samples;
        causes.forEach(cause -> this.causes.put(cause.id(), cause));
    }

    /**
     * @param problems by file and line
     * @param scenes how many scenes could be read
     */
    public record Result(List<RuleProblem> problems, int scenes) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    public static Result of(Samples samples, Collection<RuleCheck.CauseFile> causes) {
        SampleCheck check = new SampleCheck(samples, causes);
        check.files();
        causes.stream()
                .sorted(Comparator.comparing(RuleCheck.CauseFile::relative))
                .filter(cause -> !Files.exists(samples.of(cause.relative())))
                .forEach(check::withoutSample);
        return new Result(check.problems, check.scenes);
    }

    private void withoutSample(RuleCheck.CauseFile cause) {
        problems.add(cause.problem(
                "the cause has no sample",
                "Write " + samples.of(cause.relative())
                        + " with a scene that finds it and a near miss that does not."));
    }

    private void files() {
        try {
            samples.files().forEach(this::file);
        } catch (IOException e) {
            problems.add(new RuleProblem(
                    samples.directory(), 0, 0, "", "the samples cannot be read", "Check their permissions."));
        }
    }

    private void file(Path path) {
        String relative = samples.directory().relativize(path).toString().replace('\\', '/');
        String id = Samples.causeOf(path);
        Optional<RuleCheck.CauseFile> shows = Optional.ofNullable(causes.get(id))
                .filter(cause -> samples.of(cause.relative()).equals(path));
        SampleText text;
        try {
            text = new SampleText(path, Files.readString(path, StandardCharsets.UTF_8));
        } catch (IOException e) {
            problems.add(new RuleProblem(path, 0, 0, "", "the sample cannot be read", "Save it as UTF-8."));
            return;
        }
        if (shows.isEmpty() && relative.contains("/")) {
            problems.add(text.onLine(
                    1, 0, "there is no cause of this name", "Name the file like the cause's own" + near(id) + "."));
        }
        text.lines().forEach(line -> {
            if (TO_FILL_IN.matcher(text.line(line)).find()) {
                problems.add(text.onLine(
                        line,
                        text.line(line).indexOf('…') + 1,
                        "this is still to be filled in",
                        "Write your own words or the tools' own output in its place."));
            }
        });
        try {
            scenes(text, Samples.scenes(path), shows);
        } catch (UnreadableFactsException e) {
            unreadable(text, e.getMessage());
        } catch (IOException e) {
            problems.add(new RuleProblem(path, 0, 0, "", "the sample cannot be read", "Check its permissions."));
        }
    }

    /** A line for each fault: the file's name, its place where it has one, what is wrong and what to do. */
    private void unreadable(SampleText text, String message) {
        message.lines().forEach(line -> {
            String rest = line.startsWith(text.path().toString())
                    ? line.substring(text.path().toString().length())
                    : ": " + line;
            Matcher place = PLACE.matcher(rest);
            if (place.matches()) {
                problems.add(text.onLine(number(place.group(1)), number(place.group(2)), place.group(3), ""));
            }
        });
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private void scenes(SampleText text, List<ClusterFacts> documents, Optional<RuleCheck.CauseFile> shows) {
        boolean fires = false;
        boolean quiet = false;
        Map<String, Integer> titles = new HashMap<>();
        for (int i = 0; i < documents.size(); i++) {
            ClusterFacts scene = documents.get(i);
            scenes++;
            // Where something must stay open, evidence that cannot be used may be what the scene shows.
            boolean open = scene.expect()
                    .filter(expect -> !expect.cannotTell().isEmpty())
                    .isPresent();
            // What collection did not get is evidence of the scene as well.
            Set<SourceRef> gaps = scene.gaps().stream().map(Gap::source).collect(Collectors.toSet());
            for (Problem problem :
                    open ? scene.problems() : FactReader.read(scene).problems()) {
                if (gaps.contains(problem.at())) {
                    continue;
                }
                problems.add(text.onLine(line(scene, problem.at()), 0, problem.message(), problem.advice()));
            }
            title(text, i, scene, titles);
            if (scene.expect().isEmpty()) {
                problems.add(text.onLine(
                        text.start(i),
                        0,
                        "the scene does not say what it expects",
                        "Write: expect: {found: [], cannotTell: []} with the causes' ids."));
                continue;
            }
            ClusterFacts.Expectation expect = scene.expect().get();
            known(text, i, expect.found());
            known(text, i, expect.cannotTell());
            String id = shows.map(RuleCheck.CauseFile::id).orElse("");
            fires |= expect.found().contains(id);
            quiet |= !expect.found().contains(id) && !expect.cannotTell().contains(id);
        }
        if (shows.isPresent() && !fires) {
            problems.add(shows.get()
                    .problem(
                            "no scene finds the cause",
                            "Add one to " + text.path() + " with expect: {found: ["
                                    + shows.get().id() + "], cannotTell: []}"));
        }
        if (shows.isPresent() && !quiet) {
            problems.add(shows.get()
                    .problem(
                            "no scene shows a near miss of the cause",
                            "Add one to " + text.path()
                                    + " that differs in what decides, and expects it to be ruled out."));
        }
    }

    /** In the facts file; a place in a command's output counts from where that output begins. */
    private static int line(ClusterFacts scene, SourceRef at) {
        for (ClusterFacts.NodeOutputs node : scene.nodes()) {
            for (ClusterFacts.CommandOutput output : node.outputs()) {
                if (at.document().equals("nodes[" + node.index() + "] \"" + output.command() + "\"")) {
                    return output.line() + Math.max(0, at.line() - 1);
                }
            }
        }
        return at.line();
    }

    private void title(SampleText text, int document, ClusterFacts scene, Map<String, Integer> titles) {
        if (scene.scene().orElse("").isBlank()) {
            problems.add(text.onLine(
                    text.start(document), 0, "the scene has no title", "Write: scene: what is special about it"));
            return;
        }
        Integer earlier = titles.putIfAbsent(scene.scene().get(), text.start(document));
        if (earlier != null) {
            problems.add(text.onLine(
                    text.find(document, "scene:"),
                    0,
                    "another scene of this file has the same title",
                    "Say what differs from the one of line " + earlier + "."));
        }
    }

    private void known(SampleText text, int document, List<String> ids) {
        for (String id : ids) {
            if (!causes.containsKey(id)) {
                int line = text.find(document, id);
                problems.add(text.onLine(
                        line,
                        text.line(line).indexOf(id) + 1,
                        "there is no cause '" + id + "'",
                        near(id).isEmpty() ? "'rules list' lists them." : "Did you mean" + near(id) + "?"));
            }
        }
    }

    private String near(String id) {
        return RuleCheck.nearest(id, causes.keySet())
                .map(near -> " '" + near + "'")
                .orElse("");
    }
}
