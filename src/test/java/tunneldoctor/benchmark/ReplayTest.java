package tunneldoctor.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Runs written down as perf prints them, times in milliseconds. */
class ReplayTest {
    private static final String COMMAND = "/opt/tool";
    private static final Offset<Double> CLOSELY = within(0.000_1);

    private final List<String> lines = new ArrayList<>();

    @Test
    void twoThreadsThatSharedACoreRunBesideEachOtherOnTwo() {
        begins();
        starts(1, 101, "main", 102);
        leaves(1, 101, "main", "R", 102);
        leaves(11, 102, "worker", "S", 101);
        exits(21, 101, "main");

        Recording recording = Recording.of(lines, COMMAND);

        assertThat(recording.seconds()).isEqualTo(0.021, CLOSELY);
        assertThat(Replay.seconds(recording, 1)).isEqualTo(0.021, CLOSELY);
        assertThat(Replay.seconds(recording, 2)).isEqualTo(0.011, CLOSELY);
    }

    @Test
    void whoWaitsForAnotherWaitsOnAnyNumberOfCores() {
        begins();
        starts(1, 101, "main", 102);
        leaves(1, 101, "main", "S", 102);
        wakes(11, 102, "worker", 101);
        leaves(11, 102, "worker", "S", 101);
        exits(21, 101, "main");

        Recording recording = Recording.of(lines, COMMAND);

        assertThat(Replay.seconds(recording, 1)).isEqualTo(0.021, CLOSELY);
        assertThat(Replay.seconds(recording, 8)).isEqualTo(0.021, CLOSELY);
    }

    /** The worker had done its part before the first thread came to wait for it. */
    @Test
    void nobodyWaitsForWhatIsDone() {
        begins();
        starts(1, 101, "main", 102);
        leaves(1, 101, "main", "R", 102);
        leaves(3, 102, "worker", "R", 101);
        leaves(13, 101, "main", "S", 102);
        wakes(16, 102, "worker", 101);
        leaves(16, 102, "worker", "S", 101);
        exits(17, 101, "main");

        Recording recording = Recording.of(lines, COMMAND);

        assertThat(Replay.seconds(recording, 1)).isEqualTo(0.017, CLOSELY);
        assertThat(Replay.seconds(recording, 2)).isEqualTo(0.012, CLOSELY);
    }

    @Test
    void whatClocksAndDisksTakeStays() {
        begins();
        leaves(1, 101, "main", "D", 0);
        line(9, "swapper", 0, "sched_waking", "comm=main pid=101 prio=120 target_cpu=000");
        leaves(9, 0, "swapper", "R", 101);
        exits(10, 101, "main");

        assertThat(Replay.seconds(Recording.of(lines, COMMAND), 4)).isEqualTo(0.010, CLOSELY);
    }

    /** It held a lock for a millisecond, and had no core for the other nine. */
    @Test
    void aCompilerIsWaitedForAsLongAsItRuns() {
        begins();
        starts(1, 101, "main", 102);
        starts(1, 101, "main", 103);
        leaves(1, 101, "main", "R", 102);
        leaves(2, 102, "C1 CompilerThre", "R", 101);
        leaves(3, 101, "main", "S", 103);
        leaves(12, 103, "worker", "S", 102);
        wakes(13, 102, "C1 CompilerThre", 101);
        leaves(13, 102, "C1 CompilerThre", "S", 101);
        exits(14, 101, "main");

        assertThat(Replay.seconds(Recording.of(lines, COMMAND), 4)).isEqualTo(0.004, CLOSELY);
    }

    @Test
    void aSwitchThatWasNotToldIsFoundByWhatTheThreadDoes() {
        begins();
        starts(1, 101, "main", 102);
        leaves(1, 101, "main", "S", 0);
        line(5, "worker", 102, 1, "sched_waking", "comm=main pid=101 prio=120 target_cpu=000");
        leaves(5, 0, "swapper", "R", 101);
        exits(6, 101, "main");

        Recording recording = Recording.of(lines, COMMAND);

        assertThat(Replay.seconds(recording, 2)).isEqualTo(0.006, CLOSELY);
    }

    @Test
    void aRunThatWasNotRecordedToItsEndIsNone() {
        begins();

        assertThatThrownBy(() -> Recording.of(lines, COMMAND)).hasMessageContaining(COMMAND);
        assertThatThrownBy(() -> Recording.of(lines, "/opt/other")).hasMessageContaining("/opt/other");
    }

    private void begins() {
        line(0, "main", 101, "sched_process_exec", "filename=" + COMMAND + " pid=101 old_pid=101");
    }

    private void starts(double at, int thread, String name, int child) {
        line(at, name, thread, "sched_process_fork", "comm=main pid=101 child_comm=main child_pid=" + child);
        line(at, name, thread, "sched_wakeup_new", "comm=main pid=" + child + " prio=120 target_cpu=000");
    }

    private void wakes(double at, int thread, String name, int woken) {
        line(at, name, thread, "sched_waking", "comm=main pid=" + woken + " prio=120 target_cpu=000");
    }

    private void leaves(double at, int thread, String name, String state, int next) {
        line(
                at,
                name,
                thread,
                "sched_switch",
                "prev_comm=" + name + " prev_pid=" + thread + " prev_prio=120 prev_state=" + state
                        + " ==> next_comm=next next_pid=" + next + " next_prio=120");
    }

    private void exits(double at, int thread, String name) {
        line(at, name, thread, "sched_process_exit", "comm=main pid=" + thread + " prio=120 group_dead=true");
        leaves(at, thread, name, "Z", 0);
    }

    private void line(double at, String name, int thread, String event, String rest) {
        line(at, name, thread, 0, event, rest);
    }

    private void line(double at, String name, int thread, int core, String event, String rest) {
        lines.add(String.format(
                Locale.ROOT,
                "%16s %5d [%03d] %.6f: %20s %s",
                name,
                thread,
                core,
                at / 1000,
                "sched:" + event + ":",
                rest));
    }
}
