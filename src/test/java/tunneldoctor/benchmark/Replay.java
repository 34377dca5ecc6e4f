package tunneldoctor.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import tunneldoctor.benchmark.Recording.Pause;

/**
 * A recorded run on another number of cores. Each thread does what it did, and waits for whom it waited for; those that can
 * run share the cores evenly. Caches, clock rates and what a hypervisor takes are those of the machine recorded on.
 */
final class Replay {
    private final Recording recording;
    private final int cores;
    private final Map<Integer, Player> players = new HashMap<>();
    private final Set<Pause> over = Collections.newSetFromMap(new IdentityHashMap<>());
    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingDouble(Later::at));
    private double now;

    private Replay(Recording recording, int cores) {
        this.recording = recording;
        this.cores = cores;
    }

    private record Later(double at, Player who) {}

    private static final class Player {
        private final List<Recording.Step> steps;
        private int next;
        private double left;
        private boolean running;
        private boolean asleep;
        private boolean done;

        Player(List<Recording.Step> steps) {
            this.steps = steps;
        }
    }

    /** How many seconds it takes. */
    static double seconds(Recording recording, int cores) {
        return new Replay(recording, cores).play() + recording.end();
    }

    private double play() {
        goOn(enters(recording.first()));
        while (!ended()) {
            List<Player> running =
                    players.values().stream().filter(player -> player.running).toList();
            if (running.isEmpty() && later.isEmpty()) {
                throw new IllegalStateException("all wait for each other: events are missing in the recording");
            }
            double share = Math.min(1, (double) cores / Math.max(1, running.size()));
            double soonest = later.isEmpty()
                    ? Double.MAX_VALUE
                    : Math.max(0, later.peek().at() - now);
            for (Player player : running) {
                soonest = Math.min(soonest, player.left / share);
            }
            now += soonest;
            for (Player player : running) {
                player.left -= soonest * share;
            }
            for (Player player : running) {
                if (player.left <= 1e-12) {
                    player.running = false;
                    goOn(player);
                }
            }
            List<Player> due = new ArrayList<>();
            while (!later.isEmpty() && later.peek().at() <= now) {
                due.add(later.remove().who());
            }
            due.forEach(this::goOn);
        }
        return now;
    }

    private boolean ended() {
        Player last = players.get(recording.last());
        return last != null && last.done;
    }

    private Player enters(int thread) {
        Player player = new Player(recording.threads().getOrDefault(thread, List.of()));
        players.put(thread, player);
        return player;
    }

    private void goOn(Player player) {
        player.asleep = false;
        while (player.next < player.steps.size()) {
            Recording.Step step = player.steps.get(player.next++);
            if (step instanceof Recording.Run run) {
                player.left = run.seconds();
                player.running = true;
                return;
            } else if (step instanceof Recording.Start start) {
                later.add(new Later(now + Recording.WAKING, enters(start.thread())));
            } else if (step instanceof Recording.Wake wake) {
                wake(wake.pause());
            } else if (step instanceof Recording.Wait wait && waits(player, wait.pause())) {
                return;
            }
        }
        player.done = true;
    }

    private void wake(Pause pause) {
        over.add(pause);
        Player sleeper = players.get(pause.thread());
        if (sleeper != null
                && sleeper.asleep
                && sleeper.steps.get(sleeper.next - 1) instanceof Recording.Wait wait
                && wait.pause() == pause) {
            sleeper.asleep = false;
            later.add(new Later(now + Recording.WAKING, sleeper));
        }
    }

    /** Not where it would have been woken already. */
    private boolean waits(Player player, Pause pause) {
        if (pause.outside().isPresent()) {
            later.add(new Later(now + pause.outside().getAsDouble() + Recording.WAKING, player));
            return true;
        }
        player.asleep = !over.contains(pause);
        return player.asleep;
    }
}
