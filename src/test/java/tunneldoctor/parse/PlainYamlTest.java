package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tunneldoctor.model.Tree;

/** What SnakeYAML makes of a text is the measure: trees with their lines, or nothing. */
class PlainYamlTest {
    private static final List<String> KEYS = List.of(("a:@@b:@@c.d/e-f:@@'q r':@@\"s\":@@'it''s':@@\"t\\\"u\":@@"
                    + "x y:@@1:@@0x1F:@@true:@@-v:@@w :@@~:@@null:@@<<:@@"
                    + "k#l:@@m #n:@@http://o:@@p:q:@@'r:@@? s:@@a@@$u:@@.:@@"
                    + "'':@@=:@@---x:@@...:@@%y:")
            .split("@@"));

    private static final List<String> VALUES = List.of(("@@@@@@@@@@plain@@two words@@'single'@@'it''s'@@"
                    + "\"double\"@@\"a\\\"b\\\\c\\nd\"@@\"\\x41\"@@\"\\/\"@@1@@-1@@1.5@@"
                    + "1_000@@0x1F@@017@@1e3@@.5@@.inf@@1:30@@+12@@true@@No@@"
                    + "on@@null@@~@@Null@@NULL@@2026-11-22@@2026-11-22T10:15:00Z@@"
                    + "[]@@{}@@[a]@@{a: b}@@[] x@@a: b@@a:@@a:b@@a #b@@a#b@@"
                    + "a # b@@# b@@'a' # b@@'a' b@@'a@@\"a@@a'b@@a\"b@@-@@"
                    + "- a@@-a@@--- a@@&x a@@*x@@!!str a@@!a@@|@@|-@@|+@@"
                    + "|2@@| # b@@| @@>@@%a@@@a@@`a@@=@@<<@@<a>@@(a)@@"
                    + "a,b@@a]b@@a\tb@@\ta@@a @@\u00fc@@\u0007@@\u007f@@\u2028@@"
                    + "a\r@@?@@? a@@:@@:a@@''@@\"\"@@' a '@@/a/b@@$a@@"
                    + "\\a@@^a@@;a@@~a@@+@@.@@..@@0@@0o7@@08@@1__@@"
                    + "-.@@0b@@0b1@@0x@@1e@@1.@@-.inf@@+.5@@._1@@0_@@-_@@"
                    + "1:@@1:60@@190:20:30.15@@=a@@y@@n@@OFF@@{a: b, c: 'd, e'}@@"
                    + "[a, 'b', null, 1.5]@@{a: null}@@{'a': b}@@{a:b}@@{a: b,}@@[a,b]@@"
                    + "[a, b, ]@@{a: b} @@{a: b} c@@{a: 'b'c}@@{a: b c}@@{a, b: c}@@"
                    + "{a: [b]}@@[[]]@@[a: b]@@[-a]@@[a-b, ./c, /d]@@{a: b, a: c}@@[a@@"
                    + "{a: b]@@[,]@@{: a}@@[~]@@[<<]")
            .split("@@"));

    private static final List<String> LINES =
            List.of(("@@@@ @@# comment@@---@@--- @@--- # x@@...@@%YAML 1.1@@" + "text@@\ttab@@- @@-@@\u00fc@@'@@]")
                    .split("@@"));

    private static Optional<List<Tree>> plain(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return PlainYaml.read(bytes, bytes.length)
                .map(documents ->
                        documents.stream().map(TreeReader.Document::root).toList());
    }

    /** Empty where it is not all sound, or says what only the whole reader tells. */
    private static Optional<List<Tree>> whole(String text) {
        List<Tree> trees = new ArrayList<>();
        try {
            TreeReader reader = TreeReader.of(
                    "facts.yaml", new TextSource(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
            for (Optional<TreeReader.Document> document = reader.next();
                    document.isPresent();
                    document = reader.next()) {
                if (!document.get().folded().isEmpty()) {
                    return Optional.empty();
                }
                trees.add(document.get().root());
            }
        } catch (UnreadableFactsException e) {
            return Optional.empty();
        }
        return Optional.of(trees);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whatIsReadIsReadAsSnakeYamlReadsIt(long seed) {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 30_000; i++) {
            String text = text(random, i % 2 == 0 ? 3 : 40);
            Optional<List<Tree>> plain = plain(text);
            if (plain.isPresent()) {
                read++;
                assertThat(plain).as(() -> text.replace("\n", "\u23ce\n")).isEqualTo(whole(text));
            }
        }
        assertThat(read).as("texts of the plainest kind").isGreaterThan(2_000);
    }

    /** Mostly in order, with something odd one time in so many. */
    private static String text(Random random, int odd) {
        StringBuilder text = new StringBuilder();
        if (random.nextInt(6) == 0) {
            text.append("---\n");
        }
        node(random, odd, 0, 0, text);
        if (random.nextInt(6) == 0) {
            text.append("---\n");
            node(random, odd, 0, 0, text);
        }
        if (random.nextInt(odd) == 0) {
            text.append("last: 1");
        }
        return text.toString();
    }

    private static void node(Random random, int odd, int indent, int depth, StringBuilder text) {
        boolean items = depth > 0 && random.nextInt(3) == 0;
        int entries = 1 + random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            oddLine(random, odd, text);
            int at = random.nextInt(2 * odd) == 0 ? Math.max(0, indent + random.nextInt(3) - 1) : indent;
            text.append(" ".repeat(at));
            entry(random, odd, at, depth, items, i, text);
        }
    }

    private static void oddLine(Random random, int odd, StringBuilder text) {
        if (random.nextInt(2 * odd) == 0) {
            text.append(" ".repeat(random.nextInt(4)))
                    .append(LINES.get(random.nextInt(LINES.size())))
                    .append('\n');
        }
        if (random.nextInt(12) == 0) {
            text.append(random.nextBoolean() ? "\n" : "   # why: |\n");
        }
    }

    private static void entry(
            Random random, int odd, int indent, int depth, boolean item, int number, StringBuilder text) {
        int column = indent;
        if (item) {
            String dash = random.nextInt(4) == 0 ? "-   " : "- ";
            text.append(dash);
            column += dash.length();
            if (random.nextInt(6) == 0) {
                entry(random, odd, column, depth + 1, true, number, text);
                return;
            }
        }
        boolean key = !item || random.nextInt(2) == 0;
        if (key) {
            String word = random.nextInt(odd) == 0
                    ? KEYS.get(random.nextInt(KEYS.size()))
                    : KEYS.get(random.nextInt(7)).replaceFirst("[:'\"]?:$", number + "$0");
            text.append(word).append(random.nextInt(8) == 0 ? "  " : " ");
        }
        int kind = random.nextInt(8);
        if (kind == 0) {
            block(random, odd, indent, text);
        } else if (kind < 4 && depth < 5 && key) {
            text.append('\n');
            int deeper = random.nextInt(3);
            node(random, odd, (item ? column : indent) + deeper, depth + 1, text);
        } else {
            text.append(VALUES.get(random.nextInt(random.nextInt(odd) == 0 ? VALUES.size() : 40)))
                    .append('\n');
            if (item && key && random.nextBoolean()) {
                text.append(" ".repeat(column));
                entry(random, odd, column, depth + 1, false, number + 10, text);
            }
        }
    }

    private static void block(Random random, int odd, int indent, StringBuilder text) {
        text.append(random.nextInt(3) == 0 ? "|-\n" : "|\n");
        int deep = indent + random.nextInt(4);
        for (int lines = random.nextInt(5); lines >= 0; lines--) {
            String line = random.nextInt(odd) == 0 ? VALUES.get(random.nextInt(VALUES.size())) : "\tline: 'x' # y";
            text.append(random.nextInt(5) == 0 ? " ".repeat(random.nextInt(5)) : " ".repeat(deep) + line)
                    .append('\n');
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"incident.yaml", "healthy.yaml"})
    void samplesAreOfThePlainestKind(String sample) throws IOException {
        String text = Files.readString(Path.of("facts-samples", sample));
        assertThat(plain(text)).isPresent().isEqualTo(whole(text));
    }

    /** Where it is cut, most texts are no longer sound, and none may be read as if they were. */
    @Test
    void aCutTextIsNotReadOtherwise() throws IOException {
        String text = Files.readString(Path.of("facts-samples/incident.yaml"));
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            String cut = text.substring(0, random.nextInt(text.length())) + "\n";
            Optional<List<Tree>> plain = plain(cut);
            if (plain.isPresent()) {
                assertThat(plain).isEqualTo(whole(cut));
            }
        }
    }
}
