package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Digits;

/**
 * What the threads of one run did, as the kernel's scheduler saw it: how long each ran, whom it started and woke, and when it
 * waited. Read from {@code perf script} over the events {@code sched:*}; {@code src/bench/cores} records them.
 *
 * @param first the thread the run began with
 * @param last the thread that ended the process: what others had still to do no longer counted
 * @param threads what each thread did until then, in order
 * @param seconds how long the run took
 * @param end how much of that the kernel took to clear the process away
 */
record Recording(int first, int last, Map<Integer, List<Step>> threads, double seconds, double end) {
    /** From the moment a thread is woken until it runs on a core that has nothing else to do. */
    static final double WAKING = 20e-6;

    sealed interface Step permits Run, Start, Wake, Wait {}

    record Run(double seconds) implements Step {}

    record Start(int thread) implements Step {}

    record Wake(Pause pause) implements Step {}

    record Wait(Pause pause) implements Step {}

    /** A time a thread waits, until a {@link Wake} of it; one of its own for each. */
    static final class Pause {
        private final int thread;
        private OptionalDouble outside = OptionalDouble.empty();

        private Pause(int thread) {
            this.thread = thread;
        }

        int thread() {
            return thread;
        }

        /** How many seconds it takes where no thread of the run ends it, but a clock or a disk. */
        OptionalDouble outside() {
            return outside;
        }
    }

    /**
     * @param lines in order of time
     * @param command file of the program the run began with
     * @throws IllegalArgumentException if the run is not in it from begin to end
     */
    static Recording of(List<String> lines, String command) {
        Reader reader = new Reader(command);
        lines.forEach(reader::read);
        return reader.recording();
    }

    private static final class Task {
        private final int id;
        private final List<Step> steps = new ArrayList<>();
        private @Nullable String core;
        private double since;
        private double ran;
        private double woken = Double.NaN;
        private @Nullable Pause pause;
        private double paused;
        private final Map<Task, Double> compilersRan = new HashMap<>();

        Task(int id) {
            this.id = id;
        }

        double ran(double now) {
            return core == null ? ran : ran + now - since;
        }

        void account(double now) {
            if (core != null) {
                steps.add(new Run(now - since));
                ran += now - since;
                since = now;
            }
        }
    }

    private static final class Reader {
        private static final Pattern EVENT =
                Pattern.compile("\\s*(.+?)\\s+(-?\\d+)\\s+\\[(\\d+)]\\s+([\\d.]+):\\s+sched:(\\w+):\\s+(.*)");

        private final String command;
        private final Map<Integer, Task> tasks = new HashMap<>();
        private final Map<String, Double> switched = new HashMap<>();
        private final List<Task> compilers = new ArrayList<>();
        private @Nullable Task first;
        private @Nullable Task last;
        private double began;
        private double over;
        private double gone;

        Reader(String command) {
            this.command = command;
        }

        Recording recording() {
            if (first == null || last == null) {
                throw new IllegalArgumentException("no whole run of " + command + " was recorded");
            }
            Map<Integer, List<Step>> steps = new HashMap<>();
            tasks.forEach((id, task) -> steps.put(id, List.copyOf(task.steps)));
            return new Recording(first.id, last.id, steps, gone - began, gone - over);
        }

        void read(String line) {
            Matcher event = EVENT.matcher(line);
            if (!event.matches()) {
                return;
            }
            String name = event.group(1);
            int thread = Integer.parseInt(event.group(2));
            String core = event.group(3);
            double now = Double.parseDouble(event.group(4));
            String kind = event.group(5);
            String rest = event.group(6);
            if (first == null) {
                if (kind.equals("sched_process_exec") && rest.startsWith("filename=" + command + " ")) {
                    first = new Task(thread);
                    tasks.put(thread, first);
                    began = now;
                    goesOn(first, core, now);
                }
            } else if (last == null) {
                read(name, kind.equals("sched_switch") ? number(rest, "prev_pid=") : thread, core, now, kind, rest);
            } else if (kind.equals("sched_switch")
                    && tasks.containsKey(number(rest, "prev_pid="))
                    && "ZX".indexOf(state(rest)) >= 0) {
                gone = now;
            }
        }

        private void read(String name, int thread, String core, double now, String kind, String rest) {
            @Nullable Task task = tasks.get(thread);
            if (task != null && !core.equals(task.core)) {
                // Not every switch from an idle core is told: whoever does something there runs since he was woken.
                double woken = Double.isNaN(task.woken) ? now : task.woken + WAKING;
                goesOn(task, core, Math.min(now, Math.max(woken, switched.getOrDefault(core, began))));
            }
            if (task != null && name.contains("CompilerThre") && !compilers.contains(task)) {
                compilers.add(task);
            }
            switch (kind) {
                case "sched_process_fork" -> {
                    if (task != null) {
                        int child = number(rest, "child_pid=");
                        tasks.put(child, new Task(child));
                    }
                }
                case "sched_wakeup_new" -> {
                    @Nullable Task child = tasks.get(number(rest, " pid="));
                    if (task != null && child != null) {
                        task.account(now);
                        task.steps.add(new Start(child.id));
                        child.woken = now;
                    }
                }
                case "sched_waking" -> {
                    @Nullable Task woken = tasks.get(number(rest, " pid="));
                    if (woken != null) {
                        wakes(task, woken, now);
                    }
                }
                case "sched_switch" -> {
                    if (task != null) {
                        leaves(task, state(rest), now);
                    }
                    switched.put(core, now);
                    @Nullable Task next = tasks.get(number(rest, "next_pid="));
                    if (next != null) {
                        goesOn(next, core, now);
                    }
                }
                case "sched_process_exit" -> {
                    if (task != null && (task == first || name.equals("VM Thread"))) {
                        tasks.values().forEach(one -> one.account(now));
                        last = task;
                        over = now;
                        gone = now;
                    }
                }
                default -> {}
            }
        }

        private void goesOn(Task task, String core, double now) {
            tasks.values().stream().filter(other -> core.equals(other.core)).forEach(other -> leaves(other, 'R', now));
            endFromOutside(task, now);
            task.core = core;
            task.since = now;
        }

        private void leaves(Task task, char state, double now) {
            task.account(now);
            task.core = null;
            if ("RZX".indexOf(state) < 0) {
                Pause pause = new Pause(task.id);
                task.pause = pause;
                task.paused = now;
                task.steps.add(new Wait(pause));
                task.compilersRan.clear();
                compilers.forEach(compiler -> task.compilersRan.put(compiler, compiler.ran(now)));
            }
        }

        private void wakes(@Nullable Task by, Task woken, double now) {
            @Nullable Pause pause = woken.pause;
            if (pause == null) {
                return;
            }
            if (by == null || by == woken) {
                endFromOutside(woken, now);
            } else if (compilers.contains(by) && !compilers.contains(woken)) {
                // Nobody needs what a compiler makes: it held a lock, and the rest of the wait it had no core itself.
                pause.outside = OptionalDouble.of(by.ran(now) - woken.compilersRan.getOrDefault(by, by.ran(now)));
            } else {
                by.account(now);
                by.steps.add(new Wake(pause));
            }
            woken.pause = null;
            woken.woken = now;
        }

        private static void endFromOutside(Task task, double now) {
            if (task.pause != null) {
                task.pause.outside = OptionalDouble.of(now - task.paused);
                task.pause = null;
            }
        }

        private static int number(String rest, String key) {
            int from = rest.indexOf(key);
            if (from < 0) {
                throw new IllegalArgumentException("no " + key.strip() + " in: " + rest);
            }
            int at = from + key.length();
            return Integer.parseInt(rest.substring(at, at + Digits.from(rest, at)));
        }

        private static char state(String rest) {
            String key = "prev_state=";
            return rest.charAt(rest.indexOf(key) + key.length());
        }
    }
}
