package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/** What SnakeYAML makes of a text by its own reader is the measure. */
class YamlCharactersTest {
    private static final List<String> LINES = List.of(
            "a: |",
            "b: |-",
            "- |",
            "- |-",
            "- c: |",
            "- - d: |-",
            "k: |+",
            "k: |2",
            "k: >",
            "k: | # why",
            "k:  |",
            "? |",
            "? e: |",
            "# f: |",
            "--- |",
            "---",
            "...",
            "%YAML 1.1 # x: |",
            "'q: |",
            "\"r: |",
            "s: 'one",
            "two'",
            "[t: |",
            "]",
            "u: &v |",
            "w: !!str |",
            "x: *v",
            "y: plain",
            "z: |\r",
            "text",
            "- text",
            "more: |",
            "",
            "",
            " ",
            "   ",
            "       ",
            "\ttab",
            "\u0085",
            "\u2028x",
            "\uFEFF",
            "\u00fc: |",
            "\ud83d\ude00",
            "-",
            "0: -",
            "<<: *v",
            "|",
            "a |",
            "key: |x",
            ": |");

    /** Of the events SnakeYAML gives, what a reader of facts sees; at a mistake, what it says and where. */
    private static List<String> expected(String text) {
        List<String> seen = new ArrayList<>();
        ParserImpl parser = new ParserImpl(new StreamReader(text), options());
        try {
            for (Event event = parser.getEvent(); event != null; event = parser.getEvent()) {
                seen.add(shown(event, event instanceof ScalarEvent scalar ? scalar.getValue() : ""));
            }
        } catch (YAMLException e) {
            seen.add(shown(e));
        }
        return seen;
    }

    private static List<String> actual(Reader text, AtomicInteger taken) {
        List<String> seen = new ArrayList<>();
        YamlCharacters characters = new YamlCharacters(text);
        ParserImpl parser = new ParserImpl(characters, options());
        try {
            for (Event event = parser.getEvent(); event != null; event = parser.getEvent()) {
                String value = "";
                if (event instanceof ScalarEvent scalar) {
                    value = scalar.getValue();
                    if (scalar.isLiteral() && YamlCharacters.standsForBlock(value)) {
                        value = characters.nextBlock();
                        taken.incrementAndGet();
                    }
                }
                seen.add(shown(event, value));
            }
        } catch (YAMLException e) {
            seen.add(shown(e));
        }
        return seen;
    }

    private static String shown(YAMLException e) {
        return e instanceof MarkedYAMLException marked
                ? marked.getProblem() + " " + marked.getProblemMark().getLine() + ":"
                        + marked.getProblemMark().getColumn()
                : String.valueOf(e.getMessage());
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return options;
    }

    private static String shown(Event event, String value) {
        String style = event instanceof ScalarEvent scalar ? " " + scalar.getScalarStyle() : "";
        String alias = event instanceof AliasEvent named ? " *" + named.getAnchor() : "";
        return event.getEventId() + " " + event.getStartMark().getLine() + ":"
                + event.getStartMark().getColumn() + "-" + event.getEndMark().getLine() + style + alias + " " + value;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void textsAreReadAsSnakeYamlReadsThem(long seed) {
        Random random = new Random(seed);
        AtomicInteger taken = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) {
            String text = text(random);
            List<String> expected = expected(text);
            assertThat(actual(inPieces(text, random), taken))
                    .as(() -> text.replace("\n", "\u23ce\n"))
                    .isEqualTo(expected);
        }
        assertThat(taken).as("blocks taken out").hasValueGreaterThan(1_000);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int indent = 0;
        for (int lines = 1 + random.nextInt(12); lines > 0; lines--) {
            String line = LINES.get(random.nextInt(LINES.size()));
            text.append(" ".repeat(indent)).append(line);
            // Most blocks are to be good ones.
            boolean block = line.endsWith("|") || line.endsWith("|-");
            indent = block && random.nextInt(4) > 0 ? indent + 1 + random.nextInt(4) : random.nextInt(6);
            if (block && random.nextInt(4) > 0) {
                for (int more = random.nextInt(4); more >= 0; more--) {
                    text.append("\n")
                            .append(random.nextInt(5) == 0 ? "" : " ".repeat(indent + random.nextInt(2)) + "text");
                }
                indent = random.nextInt(3);
            }
            text.append(lines > 1 || random.nextInt(3) > 0 ? "\n" : "");
        }
        return text.toString();
    }

    /** Ends of what the source gives at once are to fall anywhere. */
    private static Reader inPieces(String text, Random random) {
        return new StringReader(text) {
            @Override
            public int read(char[] target, int offset, int length) throws IOException {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(9)));
            }
        };
    }

    @Test
    void aLongOutputIsTakenOutWhole() throws IOException {
        String output = "*filter\n" + "-A INPUT -p tcp -m tcp --dport 10250 -j ACCEPT\n\n".repeat(20_000) + "COMMIT\n";
        String text = "nodes:\n  - name: n\n    outputs:\n      iptables-save: |\n        "
                + output.strip().replace("\n", "\n        ").replace("\n        \n", "\n\n")
                + "\n      ufw status: 'Status: inactive'\n";
        YamlTokens tokens = YamlTokens.of(new StringReader(text), StreamReadConstraints.defaults());
        List<String> texts = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (JsonToken token = tokens.nextToken(); token != null; token = tokens.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                texts.add(tokens.getText());
                lines.add(tokens.line());
            }
        }
        assertThat(texts).containsExactly("n", output, "Status: inactive");
        assertThat(lines).containsExactly(2, 5, 5 + 40_002);
    }
}
