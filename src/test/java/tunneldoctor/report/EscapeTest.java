package tunneldoctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1b,^[",
                "0,^@",
                "7f,^?",
                "7,^G",
                "a,\\n",
                "d,\\r",
                "9,' '",
                "9b,\\u{9b}",
                "202e,\\u{202e}",
                "2066,\\u{2066}",
                "200b,\\u{200b}",
                "2028,\\u{2028}",
                "feff,\\u{feff}",
                "a0,\\u{a0}",
                "3164,\\u{3164}",
                "e0041,\\u{e0041}",
                "d800,\\u{d800}",
                "e000,\\u{e000}",
            })
    void whatActsOnATerminalOrIsUnseenBecomesAnEscape(String codePoint, String shown) {
        String hostile = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";

        assertThat(Escape.line(hostile)).isEqualTo("a" + shown + "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-A INPUT -p tcp --dport 10250 -j DROP", "C:\\k", "Größe 日本 🙂 é"})
    void ordinaryTextStaysAsItIs(String text) {
        assertThat(Escape.line(text)).isEqualTo(text);
        assertThat(Escape.command(text)).isEqualTo(text);
        assertThat(Escape.json(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"abcdef,6,abcdef", "abcdefg,6,abcde…", "abcdefg,1,…", "ab\u202ecd,6,ab…", "🙂🙂🙂,4,🙂…"})
    void aLineIsCutToItsWidthButNeverInsideACharacterOrEscape(String text, int width, String shown) {
        assertThat(Escape.line(text, width)).isEqualTo(shown).hasSizeLessThanOrEqualTo(width);
    }

    @Test
    void aLineBreakNeverMakesASecondCommand() {
        assertThat(Escape.command("echo 'a\nrm -rf /'\u001b]0;x\u0007")).isEqualTo("echo 'a\\nrm -rf /'^[]0;x^G");
    }

    @Test
    void jsonKeepsItsMeaning() {
        assertThat(Escape.json("{\"a\":\"\u202e\ud800\u007f\udb40\udc41\"}\n"))
                .isEqualTo("{\"a\":\"\\u202e\\ud800\\u007f\\udb40\\udc41\"}\n");
    }
}
