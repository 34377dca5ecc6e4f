package tunneldoctor.knowledge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A DRL file as read.
 *
 * @param relative its path below the rules directory, with {@code /}
 * @param id its name without {@code .drl}
 * @param shared whether it holds inferences for other files instead of a cause
 * @param text its characters, without a byte-order mark
 */
record RuleFile(Path path, String relative, String id, boolean shared, byte[] bytes, String text) {
    static final String EXTENSION = ".drl";

    /** What Java reads in the place of bytes that are no UTF-8. */
    private static final char REPLACED = '\uFFFD';

    /** No file written by hand comes near; what does is not read into the parser. */
    private static final long MAX_BYTES = 1 << 20;

    /** The one package a file may have: the compile cache holds one package per file. */
    String packageName() {
        return packageOf(id);
    }

    static String packageOf(String id) {
        return "rules." + id.replace('-', '_');
    }

    /** Whether a text is in kebab-case, of plain letters and digits. No pattern is needed before the first rule is read. */
    static boolean isId(String text) {
        boolean begins = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            if (!(letter || digit && i > 0 || c == '-' && !begins)) {
                return false;
            }
            begins = c == '-';
        }
        return !begins;
    }

    /** Every rule file below a directory, by relative path; what cannot be read is added to the problems. */
    static List<RuleFile> readAll(Path directory, List<RuleProblem> problems) {
        List<Path> paths = new ArrayList<>();
        try {
            gather(directory, new HashSet<>(), paths);
        } catch (IOException | DirectoryIteratorException e) {
            problems.add(new RuleProblem(
                    directory,
                    0,
                    0,
                    "",
                    "the rules directory cannot be read",
                    "Name a directory that holds .drl files."));
            return List.of();
        }
        paths.sort(Comparator.comparing(path -> relative(directory, path)));
        if (paths.isEmpty()) {
            problems.add(new RuleProblem(
                    directory, 0, 0, "", "there is no rule file here", "Name a directory that holds .drl files."));
        }
        List<RuleFile> files = new ArrayList<>();
        for (Path path : paths) {
            read(directory, path, problems, files);
        }
        return files;
    }

    /**
     * Without the streams of {@link Files}, for which a fresh process makes classes.
     *
     * @param above the directories on the way there: a link may lead back to one of them
     */
    private static void gather(Path directory, Set<Path> above, List<Path> found) throws IOException {
        Path real = directory.toRealPath();
        if (!above.add(real)) {
            throw new FileSystemLoopException(directory.toString());
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    gather(entry, above, found);
                } else if (entry.toString().endsWith(EXTENSION) && Files.isRegularFile(entry)) {
                    found.add(entry);
                }
            }
        }
        above.remove(real);
    }

    private static void read(Path directory, Path path, List<RuleProblem> problems, List<RuleFile> files) {
        String relative = relative(directory, path);
        String name = relative.substring(relative.lastIndexOf('/') + 1);
        String id = name.substring(0, name.length() - EXTENSION.length());
        if (!isId(id)) {
            problems.add(new RuleProblem(
                    path,
                    0,
                    0,
                    "",
                    "'" + name + "' is not a kebab-case name",
                    "Use lower-case letters, digits and single dashes, as in nsg-blocks-kubelet.drl."));
            return;
        }
        try {
            if (Files.size(path) > MAX_BYTES) {
                problems.add(
                        new RuleProblem(path, 0, 0, "", "the file is larger than 1 MB", "Write one cause per file."));
                return;
            }
            byte[] bytes = Files.readAllBytes(path);
            String text = new String(bytes, StandardCharsets.UTF_8);
            // Only what the strict decoder refuses is replaced so, but a text may hold this letter itself.
            if (text.indexOf(REPLACED) >= 0) {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            }
            boolean shared =
                    id.startsWith("shared-") || relative.startsWith("shared/") || relative.contains("/shared/");
            files.add(new RuleFile(
                    path, relative, id, shared, bytes, text.startsWith("\uFEFF") ? text.substring(1) : text));
        } catch (CharacterCodingException e) {
            problems.add(new RuleProblem(path, 0, 0, "", "the file is not UTF-8 text", "Save it as UTF-8."));
        } catch (IOException e) {
            problems.add(new RuleProblem(path, 0, 0, "", "the file cannot be read", "Check its permissions."));
        }
    }

    private static String relative(Path directory, Path path) {
        return directory.relativize(path).toString().replace('\\', '/');
    }

    /** A problem at a place in the text. */
    RuleProblem problemAt(int offset, String message, String hint) {
        int at = Math.max(0, Math.min(offset, text.length()));
        int line = 1;
        int start = 0;
        for (int i = 0; i < at; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new RuleProblem(path, line, at - start + 1, line(start), message, hint);
    }

    /** Where a line begins, 1-based; the file's end where there is no such line. */
    int lineStart(int line) {
        int start = 0;
        for (int i = 1; i < line; i++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                return text.length();
            }
            start = end + 1;
        }
        return start;
    }

    /** A problem of a whole line, 1-based; of the file where there is no such line. */
    RuleProblem problemOnLine(int line, String message, String hint) {
        int start = line < 1 ? 0 : lineStart(line);
        String words = line(start);
        return problemAt(start + words.length() - words.stripLeading().length(), message, hint);
    }

    /** A problem of the file as a whole, told at its beginning. */
    RuleProblem problem(String message, String hint) {
        return problemAt(0, message, hint);
    }

    private String line(int start) {
        int end = text.indexOf('\n', start);
        String line = end < 0 ? text.substring(start) : text.substring(start, end);
        StringBuilder shown = new StringBuilder();
        line.chars().forEach(c -> shown.append(Character.isISOControl(c) ? ' ' : (char) c));
        return shown.toString().stripTrailing();
    }
}
