package tunneldoctor.redact;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lists while the tool is built the words of its own texts: the keys, commands and messages its readers look for, and what its
 * rules and reports say. A name made of these means something to a reader or stands in every report; so they stay, and a reader
 * that comes to know a new word needs no second list.
 *
 * <pre>
 * java -cp … tunneldoctor.redact.WordList rules target/classes
 * </pre>
 */
public final class WordList {
    static final String RESOURCE = "own-words.txt";

    private static final List<String> PACKAGES = List.of("model", "parse", "path", "diagnose", "report", "knowledge");

    /** Of what {@code knowledge} says, only this stands in a diagnosis. */
    private static final Pattern IN_DIAGNOSES = Pattern.compile("(?:Conclude|GuardedRun|RuleBase)(?:\\$.*)?\\.class");

    private static final Pattern DRL_TEXT = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*");
    private static final Pattern LETTER = Pattern.compile("[A-Za-z]");

    private final TreeSet<String> words = new TreeSet<>();

    private WordList() {}

    /** @param arguments the rules directory, and the root of the class path, which is read and written to */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("usage: WordList RULES CLASSES");
        }
        Path classes = Path.of(arguments[1]).resolve("tunneldoctor");
        WordList list = new WordList();
        for (String name : PACKAGES) {
            for (Path file : filesIn(classes.resolve(name), ".class")) {
                boolean counts = !name.equals("knowledge")
                        || IN_DIAGNOSES.matcher(file.getFileName().toString()).matches();
                if (counts) {
                    list.constants(file);
                }
            }
        }
        for (Path file : filesIn(Path.of(arguments[0]), ".drl")) {
            Matcher text = DRL_TEXT.matcher(Files.readString(file));
            while (text.find()) {
                list.text(text.group(1).replaceAll("\\\\.", " "));
            }
        }
        Path resource = classes.resolve("redact").resolve(RESOURCE);
        String content = String.join("\n", list.words) + "\n";
        if (!Files.exists(resource) || !Files.readString(resource).equals(content)) {
            Files.writeString(resource, content);
        }
    }

    private static List<Path> filesIn(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private void text(String text) {
        Matcher name = NAME.matcher(text);
        while (name.find()) {
            if (LETTER.matcher(name.group()).find()) {
                words.add(Words.lower(name.group()));
            }
        }
    }

    /** The string constants of a class file (JVM specification, 4.4). */
    private void constants(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DataInputStream data = new DataInputStream(in)) {
            data.skipNBytes(8);
            int count = data.readUnsignedShort();
            String[] texts = new String[count];
            Set<Integer> strings = new HashSet<>();
            for (int i = 1; i < count; i++) {
                int tag = data.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts[i] = data.readUTF();
                    case 8 -> strings.add(data.readUnsignedShort());
                    case 5, 6 -> {
                        data.skipNBytes(8);
                        // These take two places.
                        i++;
                    }
                    case 7, 16, 19, 20 -> data.skipNBytes(2);
                    case 15 -> data.skipNBytes(3);
                    default -> data.skipNBytes(4);
                }
            }
            strings.forEach(i -> text(texts[i]));
        }
    }
}
