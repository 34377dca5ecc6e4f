package tunneldoctor.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Prints how long recorded runs took, and how long they would take on other numbers of cores, as ratios to the first kind of
 * run. For {@code src/bench/cores}.
 */
public final class Cores {
    private Cores() {}

    /**
     * @param arguments numbers of cores separated by commas, then folders with the recordings of one kind of run each: its
     *     name is that of the folder, {@code command} holds the program's file
     */
    public static void main(String[] arguments) throws IOException {
        List<Integer> cores =
                Stream.of(arguments[0].split(",")).map(Integer::valueOf).toList();
        List<ToDoubleFunction<Recording>> columns = new ArrayList<>(List.of(Recording::seconds));
        cores.forEach(number -> columns.add(recording -> Replay.seconds(recording, number)));
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "  %-10s %16s", "", "recorded"));
        cores.forEach(number -> head.append(String.format(Locale.ROOT, " %16s", "on " + number + " cores")));
        System.out.println(head);
        List<Double> base = new ArrayList<>();
        for (String folder : List.of(arguments).subList(1, arguments.length)) {
            List<Recording> runs = recordings(Path.of(folder));
            StringBuilder line = new StringBuilder(
                    String.format(Locale.ROOT, "  %-10s", Path.of(folder).getFileName()));
            for (int i = 0; i < columns.size(); i++) {
                double seconds = median(runs, columns.get(i));
                if (base.size() <= i) {
                    base.add(seconds);
                }
                line.append(String.format(Locale.ROOT, " %8.1f ms %3.1f x", seconds * 1000, seconds / base.get(i)));
            }
            System.out.println(line);
        }
    }

    private static List<Recording> recordings(Path folder) throws IOException {
        String command = Files.readString(folder.resolve("command")).strip();
        List<Recording> recordings = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".events"))
                    .sorted()
                    .toList()) {
                recordings.add(Recording.of(Files.readAllLines(file), command));
            }
        }
        return recordings;
    }

    private static double median(List<Recording> runs, ToDoubleFunction<Recording> column) {
        double[] sorted = runs.stream().mapToDouble(column).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
