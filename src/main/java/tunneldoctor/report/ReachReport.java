package tunneldoctor.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tunneldoctor.model.Missing;
import tunneldoctor.model.Outcome;
import tunneldoctor.model.Purpose;
import tunneldoctor.model.ReachPath;
import tunneldoctor.model.ReachPath.End;
import tunneldoctor.model.Reachability;
import tunneldoctor.model.SourceRef;
import tunneldoctor.model.Transport;

/**
 * Who reaches whom: for people a matrix in which sources and nodes that fare alike stand together, for programs one entry
 * per source and node. The names in the JSON and their order are a contract, as in {@link JsonReport}.
 */
public final class ReachReport {
    private ReachReport() {}

    /** The page, ending with a line break. */
    public static String render(Reachability reach, TextReport.Options options) {
        return new Page(options).render(reach);
    }

    /** The object over several lines, with a line break behind it. */
    public static String json(Reachability reach) {
        return JsonPage.page(json -> new Json(json).reach(reach));
    }

    /** The object on one line, with a line break behind it. */
    public static String jsonLine(Reachability reach) {
        return JsonPage.line(json -> new Json(json).reach(reach));
    }

    private static final class Json extends JsonPage {
        Json(JsonGenerator json) {
            super(json);
        }

        void reach(Reachability reach) throws IOException {
            json.writeStartObject();
            text("file", reach.file());
            text("scene", reach.scene().orElse(""));
            list("paths", reach.paths(), this::path);
            list("missing", reach.missing(), this::missing);
            json.writeEndObject();
        }

        private void path(ReachPath path) throws IOException {
            json.writeStartObject();
            text("purpose", path.purpose().name());
            end("from", path.from());
            end("to", path.to());
            text("protocol", path.transport().label());
            json.writeNumberField("port", path.port());
            text("outcome", path.outcome().name());
            if (path.outcome() == Outcome.UNKNOWN) {
                text("likely", path.likely().name());
            }
            text("hop", path.hop());
            json.writeFieldName("decidedBy");
            if (path.decidedBy().isPresent()) {
                source(path.decidedBy().get());
            } else {
                json.writeNull();
            }
            list("missing", path.missing(), this::missing);
            texts("assumptions", path.assumptions());
            json.writeEndObject();
        }

        private void end(String name, End end) throws IOException {
            json.writeObjectFieldStart(name);
            text("node", end.node());
            text("address", end.address());
            json.writeEndObject();
        }
    }

    private static final class Page extends TextPage {
        Page(TextReport.Options options) {
            super(options);
        }

        String render(Reachability reach) {
            line(paint(
                    Ink.BOLD,
                    (reach.file().equals("-") ? "standard input" : sentence(reach.file()))
                            + reach.scene().map(scene -> ": " + sentence(scene)).orElse("")));
            line(summary(reach.paths()));
            for (Group group : groups(reach.paths())) {
                group(group);
            }
            for (Missing missing : reach.missing()) {
                line("");
                prose("", "  ", "The tunnel's own connections are left out; missing: " + missing.what());
                command("  ", missing.command());
            }
            return page();
        }

        private String summary(List<ReachPath> paths) {
            long allowed = paths.stream()
                    .filter(path -> path.outcome() == Outcome.ALLOWED)
                    .count();
            long blocked =
                    paths.stream().filter(path -> path.outcome().blocked()).count();
            long open = paths.size() - allowed - blocked;
            return paint(
                    blocked > 0 ? Ink.RED : open > 0 || paths.isEmpty() ? Ink.YELLOW : Ink.GREEN,
                    count(paths.size(), "path") + ": " + allowed + " allowed, " + blocked + " blocked, " + open
                            + " cannot be told");
        }

        private void group(Group group) {
            ReachPath path = group.first();
            line("");
            line(paint(ink(path.outcome()), outcome(path)) + "  " + path.transport() + " " + path.port()
                    + (path.hop().isEmpty() ? "" : "  " + sentence(group.hop())));
            fold(
                    "  from    ",
                    "          ",
                    some(group.from().stream().map(Page::name).toList(), ", "));
            fold("  to      ", "          ", targets(group));
            path.decidedBy().ifPresent(rule -> evidence("  by      ", rule));
            if (path.outcome() == Outcome.UNKNOWN) {
                for (Missing missing : path.missing()) {
                    prose("  missing ", "          ", missing.what());
                    if (!missing.command().isEmpty()) {
                        command("          ", missing.command());
                    }
                }
                if (group.paths().size() > 1 && !path.missing().isEmpty()) {
                    line("          … for the first of them; -o json has the commands for each");
                }
            }
            group.assumptions().forEach(assumption -> prose("  assumed ", "          ", assumption));
        }

        private String targets(Group group) {
            return group.onlyToItself()
                    ? "itself"
                    : some(group.to().stream().map(Page::name).toList(), ", ")
                            + (group.onlyToOthers() ? "; none to itself" : "");
        }

        private static Ink ink(Outcome outcome) {
            return switch (outcome) {
                case ALLOWED -> Ink.GREEN;
                case DROPPED, REJECTED -> Ink.RED;
                case UNKNOWN -> Ink.YELLOW;
            };
        }

        private static String outcome(ReachPath path) {
            return path.outcome() == Outcome.UNKNOWN && path.likely() != Outcome.UNKNOWN
                    ? "UNKNOWN, likely " + path.likely()
                    : path.outcome().name();
        }

        private static String name(End end) {
            if (end.node().isEmpty()) {
                return end.address().isEmpty() ? "(not known)" : end.address();
            }
            return end.address().isEmpty() ? end.node() : end.node() + " (" + end.address() + ")";
        }
    }

    /** Paths from each of some sources to each of some nodes, all with one fate. */
    private record Group(List<ReachPath> paths) {
        ReachPath first() {
            return paths.get(0);
        }

        String hop() {
            return paths.size() > 1 ? Key.hop(first()) : first().hop();
        }

        Set<End> from() {
            return part(ReachPath::from);
        }

        Set<End> to() {
            return part(ReachPath::to);
        }

        Set<String> assumptions() {
            Set<String> all = new LinkedHashSet<>();
            paths.forEach(path -> all.addAll(path.assumptions()));
            return all;
        }

        /** Whether no source is asked, or fares so, to itself though it is among the nodes. */
        boolean onlyToOthers() {
            Set<End> to = to();
            return paths.stream().noneMatch(ReachReport::toItself)
                    && paths.stream()
                            .anyMatch(path -> to.stream()
                                    .anyMatch(end -> !end.node().isEmpty()
                                            && end.node().equals(path.from().node())));
        }

        boolean onlyToItself() {
            return paths.stream().allMatch(ReachReport::toItself);
        }

        private Set<End> part(Function<ReachPath, End> end) {
            Set<End> ends = new LinkedHashSet<>();
            paths.forEach(path -> ends.add(end.apply(path)));
            return ends;
        }
    }

    /**
     * What paths that fare alike have in common; the same rule of nodes with the same texts stands at the same line. What
     * is missing differs by node and follows from the rest.
     */
    private record Key(
            Purpose purpose,
            Transport transport,
            int port,
            Outcome outcome,
            Outcome likely,
            String hop,
            Optional<SourceRef> rule) {
        static Key of(ReachPath path) {
            return new Key(
                    path.purpose(),
                    path.transport(),
                    path.port(),
                    path.outcome(),
                    path.likely(),
                    hop(path),
                    path.decidedBy().map(Key::anywhere));
        }

        static String hop(ReachPath path) {
            String tail = " of " + path.to().node();
            return !path.to().node().isEmpty() && path.hop().endsWith(tail)
                    ? path.hop().substring(0, path.hop().length() - tail.length())
                    : path.hop();
        }

        private static SourceRef anywhere(SourceRef at) {
            int end = at.document().startsWith("nodes[") ? at.document().indexOf(']') : -1;
            return end < 0 ? at : new SourceRef(at.document().substring(end), at.line(), at.text());
        }
    }

    /**
     * Sources that reach the very same nodes with one fate stand together. A source's way to itself is another than that to
     * the others, so it does not keep apart what is otherwise alike.
     */
    private static List<Group> groups(List<ReachPath> paths) {
        Map<Key, Map<End, List<ReachPath>>> fates = new LinkedHashMap<>();
        for (ReachPath path : paths) {
            fates.computeIfAbsent(Key.of(path), key -> new LinkedHashMap<>())
                    .computeIfAbsent(path.from(), from -> new ArrayList<>())
                    .add(path);
        }
        List<Group> groups = new ArrayList<>();
        fates.forEach((key, bySource) -> {
            Map<Set<String>, List<ReachPath>> byTargets = new LinkedHashMap<>();
            bySource.values()
                    .forEach(mine -> byTargets
                            .computeIfAbsent(reached(mine), to -> new ArrayList<>())
                            .addAll(mine));
            byTargets.values().forEach(alike -> groups.add(new Group(alike)));
        });
        groups.sort(Comparator.comparing(
                group -> group.first().outcome().blocked() ? 0 : group.first().outcome() == Outcome.UNKNOWN ? 1 : 2));
        return groups;
    }

    /** Names of the nodes one source reaches, its own among them; empty if it is only its own. */
    private static Set<String> reached(List<ReachPath> ofOneSource) {
        if (ofOneSource.stream().allMatch(ReachReport::toItself)) {
            return Set.of();
        }
        Set<String> reached = new LinkedHashSet<>();
        for (ReachPath path : ofOneSource) {
            reached.add(
                    path.to().node().isEmpty() ? path.to().address() : path.to().node());
        }
        if (!ofOneSource.get(0).from().node().isEmpty() && ofOneSource.get(0).purpose() == Purpose.KUBELET) {
            reached.add(ofOneSource.get(0).from().node());
        }
        return reached;
    }

    private static boolean toItself(ReachPath path) {
        return !path.from().node().isEmpty()
                && path.from().node().equals(path.to().node());
    }
}
