package tunneldoctor.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
                    "  from   ",
                    "         ",
                    some(group.from().stream().map(Page::name).toList(), ", "));
            fold(
                    "  to     ",
                    "         ",
                    some(group.to().stream().map(Page::name).toList(), ", "));
            path.decidedBy().ifPresent(rule -> evidence("  by     ", rule));
            if (path.outcome() == Outcome.UNKNOWN) {
                for (Missing missing : path.missing()) {
                    prose("  missing  ", "         ", missing.what());
                    if (!missing.command().isEmpty()) {
                        command("    ", missing.command());
                    }
                }
                if (group.size() > 1 && !path.missing().isEmpty()) {
                    line("    … for the first of them; -o json has the commands for each");
                }
            }
            group.assumptions().forEach(assumption -> prose("  assumed  ", "         ", assumption));
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

    /** Every path from each of some sources to each of some nodes, all with one fate. */
    private record Group(List<End> from, List<End> to, List<ReachPath> paths, Set<String> assumptions) {
        ReachPath first() {
            return paths.get(0);
        }

        int size() {
            return paths.size();
        }

        String hop() {
            return size() > 1 ? Key.hop(first()) : first().hop();
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

    /** Sources that reach the very same nodes with one fate stand together. */
    private static List<Group> groups(List<ReachPath> paths) {
        Map<Key, Map<End, List<ReachPath>>> fates = new LinkedHashMap<>();
        for (ReachPath path : paths) {
            fates.computeIfAbsent(Key.of(path), key -> new LinkedHashMap<>())
                    .computeIfAbsent(path.from(), from -> new ArrayList<>())
                    .add(path);
        }
        List<Group> groups = new ArrayList<>();
        fates.forEach((key, bySource) -> {
            Map<List<End>, List<List<ReachPath>>> byTargets = new LinkedHashMap<>();
            bySource.forEach((from, mine) -> byTargets
                    .computeIfAbsent(mine.stream().map(ReachPath::to).toList(), to -> new ArrayList<>())
                    .add(mine));
            byTargets.forEach((to, sources) -> {
                List<ReachPath> all = sources.stream().flatMap(List::stream).toList();
                Set<String> assumptions = new LinkedHashSet<>();
                all.forEach(path -> assumptions.addAll(path.assumptions()));
                groups.add(new Group(
                        sources.stream()
                                .map(mine -> mine.get(0).from())
                                .distinct()
                                .toList(),
                        to,
                        all,
                        assumptions));
            });
        });
        groups.sort(java.util.Comparator.comparing(
                group -> group.first().outcome().blocked() ? 0 : group.first().outcome() == Outcome.UNKNOWN ? 1 : 2));
        return groups;
    }
}
