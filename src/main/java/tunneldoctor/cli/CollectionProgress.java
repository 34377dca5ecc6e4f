package tunneldoctor.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tunneldoctor.collect.Progress;
import tunneldoctor.report.Escape;

/** Shows how far collection is: one line that is drawn anew on a terminal, lines of their own elsewhere. */
final class CollectionProgress implements Progress {
    private static final int BAR = 20;
    private static final int WIDTH = 100;

    /** Lines of a phase where each has its own, however much there is to do. */
    private static final int MOST_LINES = 20;

    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final boolean quiet;
    private final Map<String, Count> phases = new LinkedHashMap<>();
    private boolean drawn;

    private static final class Count {
        private int planned;
        private int done;
    }

    CollectionProgress(Terminal terminal, boolean quiet) {
        this.terminal = terminal;
        this.quiet = quiet;
    }

    @Override
    public synchronized void planned(String phase, int more) {
        count(phase).planned += more;
    }

    @Override
    public synchronized void done(String phase, String what) {
        Count count = count(phase);
        count.done++;
        if (quiet) {
            return;
        }
        if (terminal.drawsProgress()) {
            draw(what);
        } else if (count.done >= count.planned || count.done % Math.max(1, count.planned / MOST_LINES) == 0) {
            terminal.err().println(phase + " " + count.done + "/" + count.planned + "  " + Escape.line(what, WIDTH));
        }
    }

    private void draw(String what) {
        int planned = phases.values().stream().mapToInt(count -> count.planned).sum();
        int done = phases.values().stream().mapToInt(count -> count.done).sum();
        int full = planned == 0 ? 0 : Math.min(BAR, BAR * done / planned);
        String counts = phases.entrySet().stream()
                .map(phase -> phase.getKey() + " " + phase.getValue().done + "/" + phase.getValue().planned)
                .collect(Collectors.joining("  "));
        String line = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + counts + "  " + Escape.line(what);
        terminal.err().print(CLEAR + line.substring(0, Math.min(line.length(), terminal.width() - 1)));
        terminal.err().flush();
        drawn = true;
    }

    /** Says something that stays. */
    synchronized void say(String text) {
        clear();
        if (!quiet) {
            text.lines().forEach(line -> terminal.err().println(line));
        }
    }

    synchronized void clear() {
        if (drawn) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            drawn = false;
        }
    }

    private Count count(String phase) {
        return phases.computeIfAbsent(phase, name -> new Count());
    }
}
