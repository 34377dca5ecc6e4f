package tunneldoctor.parse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.ClusterFacts.CommandOutput;
import tunneldoctor.model.ClusterFacts.Expectation;
import tunneldoctor.model.Problem;
import tunneldoctor.model.Tree;

class FactsFileTest {
    private static final String HEAD = "apiVersion: tunnel-doctor/v1\nkind: ClusterFacts\n";
    private static final String JSON_HEAD = "\"apiVersion\": \"tunnel-doctor/v1\", \"kind\": \"ClusterFacts\"";

    private static final String WHOLE = """
            # an incident
            apiVersion: tunnel-doctor/v1
            kind: ClusterFacts
            scene: everything at once
            collected: {at: 2026-11-22T10:15:00Z, by: tunnel-doctor 1.0.0}
            expect: {found: [nsg-blocks-kubelet], cannotTell: snat-exhausted}
            azure:
              - type: Microsoft.Network/networkSecurityGroups
                priority: 0100
                quoted: "true"
            kubernetes:
              kind: List
              items: []
            nodes:
              - name: aks-np-1-vmss000000
                address: 10.224.0.4
                inInterface: eth1
                outputs:
                  iptables -S: |
                    -P INPUT ACCEPT

                    -A INPUT -j DROP
                  ufw status: 'Status: inactive'
            metrics: [{value: []}]
            symptoms:
              - 'Error from server: dial tcp 10.224.0.5:10250: i/o timeout'
              - error: unable to upgrade connection
              - >-
                No agent
                available
            agents: [10.224.0.4]
            """;

    @Test
    void readsEverySectionAsItStands() throws Exception {
        ClusterFacts facts = only(WHOLE);

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.file()).isEqualTo("facts.yaml");
        assertThat(facts.scene()).contains("everything at once");
        assertThat(facts.collected()).contains("2026-11-22T10:15:00Z by tunnel-doctor 1.0.0");
        assertThat(facts.expect()).contains(new Expectation(List.of("nsg-blocks-kubelet"), List.of("snat-exhausted")));
        assertThat(facts.azure()).singleElement().satisfies(nsg -> {
            assertThat(nsg.line()).isEqualTo(8);
            assertThat(nsg.get("priority")).contains(new Tree.Scalar("0100", false, 9));
            assertThat(nsg.get("quoted")).contains(new Tree.Scalar("true", true, 10));
        });
        assertThat(facts.kubernetes()).hasSize(1);
        assertThat(facts.metrics()).hasSize(1);
        assertThat(facts.nodes()).singleElement().satisfies(node -> {
            assertThat(node.index()).isZero();
            assertThat(node.line()).isEqualTo(15);
            assertThat(node.address()).contains("10.224.0.4");
            assertThat(node.inInterface()).contains("eth1");
            assertThat(node.outputs())
                    .containsExactly(
                            new CommandOutput("iptables -S", "-P INPUT ACCEPT\n\n-A INPUT -j DROP\n", 20),
                            new CommandOutput("ufw status", "Status: inactive", 23));
        });
        assertThat(facts.symptoms())
                .extracting(Tree.Scalar::text, Tree.Scalar::line)
                .containsExactly(
                        tuple("Error from server: dial tcp 10.224.0.5:10250: i/o timeout", 26),
                        tuple("error: unable to upgrade connection", 27),
                        tuple("No agent available", 29));
        assertThat(facts.agents()).extracting(Tree.Scalar::text).containsExactly("10.224.0.4");
    }

    @Test
    void jsonAndYamlOfTheSameFactsAreTheSame() throws Exception {
        String json = "{" + JSON_HEAD + ",\n\"nodes\": [{\"name\": \"a\", \"outputs\": {\"ufw status\":\n"
                + "\"Status: active\\n\\u001b[0m\"}}],\n\"azure\": [{\"on\": true, \"n\": 12, \"none\": null}]}";

        ClusterFacts facts = only(json);

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.nodes().get(0).outputs())
                .containsExactly(new CommandOutput("ufw status", "Status: active\n\u001b[0m", 3));
        assertThat(facts.azure().get(0).get("on")).contains(new Tree.Scalar("true", false, 4));
        assertThat(facts.azure().get(0).get("n")).contains(new Tree.Scalar("12", false, 4));
        assertThat(facts.azure().get(0).get("none")).isEmpty();
    }

    @Test
    void documentsFollowOneAnother() throws Exception {
        assertThat(scenes("---\n" + HEAD + "scene: one\n---\n" + HEAD + "scene: two\n...\n---\n"))
                .containsExactly("one", "two");
        assertThat(scenes("{" + JSON_HEAD + ", \"scene\": \"one\"}\n\n{" + JSON_HEAD + ", \"scene\": \"two\"}"))
                .containsExactly("one", "two");
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void textMayBeMarkedWithItsEncoding(byte[] mark, Charset charset) throws Exception {
        for (String text : List.of(HEAD + "scene: Zürich 😀\n", "{" + JSON_HEAD + ", \"scene\": \"Zürich 😀\"}")) {
            byte[] encoded = text.replace("\n", "\r\n").getBytes(charset);
            byte[] marked = Arrays.copyOf(mark, mark.length + encoded.length);
            System.arraycopy(encoded, 0, marked, mark.length, encoded.length);

            assertThat(read(marked).get(0).scene()).contains("Zürich 😀");
        }
    }

    static Stream<Arguments> encodings() {
        return Stream.of(
                Arguments.of(new byte[0], UTF_8),
                Arguments.of(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, UTF_8),
                Arguments.of(new byte[] {(byte) 0xFF, (byte) 0xFE}, UTF_16LE),
                Arguments.of(new byte[] {(byte) 0xFE, (byte) 0xFF}, UTF_16BE));
    }

    @Test
    void windowsLineEndsChangeNeitherTextNorLines() throws Exception {
        assertThat(only(WHOLE.replace("\n", "\r\n"))).isEqualTo(only(WHOLE));
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void whatCannotBeUsedSaysWhereAndWhatToDo(String text, int line, String message) {
        UnreadableFactsException refused = refused(text);

        assertThat(refused.line()).isEqualTo(line);
        assertThat(refused)
                .hasMessageStartingWith(line == 0 ? "facts.yaml: " : "facts.yaml, line " + line)
                .hasMessageContaining(message)
                .message()
                .endsWith(".")
                .doesNotContain("Source:", "REDACTED", "Exception", "com.fasterxml", "\n");
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("", 0, "the file is empty"),
                Arguments.of("\n# nothing\n---\n---\n", 0, "the file is empty"),
                Arguments.of("PK\u0003\u0004\n\u0000", 2, "NUL"),
                Arguments.of("hello world", 1, "plain text, not a mapping"),
                Arguments.of("[{" + JSON_HEAD + "}]", 1, "a list, not a mapping"),
                Arguments.of("apiVersion: tunnel-doctor/v1\n", 1, "no kind"),
                Arguments.of("kind: ClusterFacts\n", 1, "no apiVersion"),
                Arguments.of(
                        "kind: ClusterFacts\napiVersion: tunnel-doctor/v2\n", 2, "supported one is tunnel-doctor/v1"),
                Arguments.of("apiVersion: v1\nkind: Node\nmetadata: {}\n", 2, "under \"kubernetes:\""),
                Arguments.of("name: nsg\nproperties: {}\n", 1, "under \"azure:\""),
                Arguments.of(HEAD + "scene: \"cut", 3, "ends inside what began on line 3"),
                Arguments.of(HEAD + "azure: [{a: b},\n", 4, "ends inside a list"),
                Arguments.of(HEAD + "\tscene: x\n", 3, "a tab indents the line"),
                Arguments.of(HEAD + "scene: a: b\n", 3, "column 9: this is not valid YAML: a colon"),
                Arguments.of(HEAD + "azure:\n - a\n- b\n", 5, "indentation does not fit"),
                Arguments.of(HEAD + "scene: @x\n", 3, "cannot begin with this character"),
                Arguments.of(HEAD + "? [a]\n: b\n", 3, "a key here is a list"),
                Arguments.of(HEAD + "scene: \"\\U00FFFFFF\"\n", 3, "not valid YAML"),
                Arguments.of(HEAD + "scene: !!binary '*'\n", 3, "not valid YAML"),
                Arguments.of(
                        HEAD + "scene: a\nazure: []\nscene: b\n",
                        5,
                        "\"scene\" is given twice in one mapping, first on line 3"),
                Arguments.of("{" + JSON_HEAD + ",\n\"scene\": \"a\",\n\"scene\": \"b\"}", 3, "given twice"),
                Arguments.of(HEAD + "scene: *nobody\n", 3, "no &nobody before it"),
                Arguments.of(HEAD + "azure: &all\n - *all\n", 4, "stands inside what it names"),
                Arguments.of(HEAD + "azure: " + "[".repeat(300), 3, "more than 200 levels"),
                Arguments.of("{" + JSON_HEAD + ",\n\"azure\":" + "[".repeat(300), 2, "more than 200 levels"),
                Arguments.of("{" + JSON_HEAD + ",\n\"azure\":" + "{\"a\":".repeat(100_000), 2, "more than 200 levels"),
                Arguments.of("{" + JSON_HEAD + "\n\"azure\": []}", 2, "a comma or closing bracket"),
                Arguments.of("{" + JSON_HEAD + ",\n\"scene\": cut}", 2, "not in double quotes"),
                Arguments.of("{" + JSON_HEAD + ",\n\"scene\": \"cut", 2, "ends inside a document"),
                Arguments.of("{" + JSON_HEAD + ",\n\"scene\": \"a\nb\"}", 2, "line end or tab"),
                Arguments.of(HEAD + "scene: " + "x".repeat(TextSource.LONGEST_YAML_LINE), 3, "Break it into several"));
    }

    @Test
    void whatIsNoUtf8SaysWhere() {
        byte[] latin1 = (HEAD + "scene: Zürich\n").getBytes(ISO_8859_1);
        byte[] cut = Arrays.copyOf("é".getBytes(UTF_8), 1);

        assertThatThrownBy(() -> read(latin1))
                .hasMessageStartingWith("facts.yaml, line 3, column 9: this is not UTF-8 text. ");
        assertThatThrownBy(() -> read(cut))
                .hasMessageStartingWith("facts.yaml, line 1, column 1: the file ends in the middle of a character. ");
    }

    @Test
    void aFileThatCannotBeReadSaysSo() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Is a directory");
            }
        };

        for (String head : List.of("", HEAD, "{" + JSON_HEAD)) {
            InputStream in = new SequenceInputStream(new ByteArrayInputStream(head.getBytes(UTF_8)), broken);
            assertThatThrownBy(() -> FactsFile.read("/etc", in, facts -> {}))
                    .isInstanceOf(UnreadableFactsException.class)
                    .hasMessageStartingWith("/etc: the file cannot be read: Is a directory. ");
        }
    }

    @ParameterizedTest
    @MethodSource("brokenLater")
    void documentsThatCanBeUsedAreUsed(String text, List<String> scenes, List<String> messages) {
        List<String> read = new ArrayList<>();

        UnreadableFactsException refused = catchThrowableOfType(
                UnreadableFactsException.class,
                () -> FactsFile.read(
                        "facts.yaml",
                        new ByteArrayInputStream(text.getBytes(UTF_8)),
                        facts -> read.add(facts.scene().orElse(""))));

        assertThat(read).isEqualTo(scenes);
        assertThat(refused.getMessage().lines()).hasSameSizeAs(messages);
        assertThat(refused.getMessage()).contains(messages);
    }

    static Stream<Arguments> brokenLater() {
        String one = HEAD + "scene: one\n---\n";
        return Stream.of(
                Arguments.of(one + "kind: [\n", List.of("one"), List.of("line 6")),
                Arguments.of(one + "\u0000", List.of("one"), List.of("line 5, column 1: this is not text")),
                Arguments.of(
                        one + "kind: Pod\n---\n" + HEAD + "scene: two\n---\nx\n---\n{",
                        List.of("one", "two"),
                        List.of("line 5: this document is of kind \"Pod\"", "line 11: ", "line 13")),
                Arguments.of(
                        "{" + JSON_HEAD + ", \"scene\": \"one\"}\n{" + JSON_HEAD, List.of("one"), List.of("line 2")));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void whatDoesNotFitIsAProblemAndTheRestIsUsed(String text, String document, int line, String message)
            throws Exception {
        ClusterFacts facts = only(HEAD + text + "scene: still here\n");

        assertThat(facts.scene()).contains("still here");
        Problem problem = facts.problems().get(0);
        assertThat(facts.problems()).hasSize(1);
        assertThat(problem.at().document()).isEqualTo(document);
        assertThat(problem.at().line()).isEqualTo(line);
        assertThat(problem.message() + " " + problem.advice()).contains(message);
    }

    static Stream<Arguments> problems() {
        String node = "nodes:\n- name: a\n";
        String outputs = node + "  outputs:\n";
        return Stream.of(
                Arguments.of("azrue: []\n", "facts.yaml", 3, "unknown key \"azrue\", not used Did you mean \"azure\"?"),
                Arguments.of("Nodes: []\n", "facts.yaml", 3, "Did you mean \"nodes\"?"),
                Arguments.of("firewalls: []\n", "facts.yaml", 3, "Known keys here: apiVersion, kind"),
                Arguments.of("nodes: 5\n", "facts.yaml", 3, "nodes is plain text, not a list"),
                Arguments.of("azure: none\n", "facts.yaml", 3, "azure is plain text, not a list"),
                Arguments.of("nodes: [5]\n", "facts.yaml", 3, "nodes[0] is plain text, not a mapping"),
                Arguments.of("nodes: [{address: 10.0.0.1}]\n", "nodes[0]", 3, "no name"),
                Arguments.of(node + "  adress: x\n", "nodes[0]", 5, "Did you mean \"address\"?"),
                Arguments.of(node + "  address: [x]\n", "nodes[0]", 5, "address is a list, not text"),
                Arguments.of(node + "- name: a\n", "nodes[1]", 5, "\"a\" is given before, on line 4"),
                Arguments.of(node + "  outputs: x\n", "nodes[0]", 5, "not a mapping of commands"),
                Arguments.of(outputs + "    ufw status: [x]\n", "nodes[0]", 6, "\"ufw status\" is a list"),
                Arguments.of(outputs + "    ufw status:\n", "nodes[0] \"ufw status\"", 6, "the output is missing"),
                Arguments.of(
                        outputs + "    iptables -S:\n      -P INPUT ACCEPT\n      -A INPUT -j DROP\n",
                        "nodes[0] \"iptables -S\"",
                        7,
                        "run together"),
                Arguments.of("symptoms: [{a: 1, b: 2}]\n", "facts.yaml", 3, "symptoms[0] is a mapping, not text"),
                Arguments.of("expect: {fond: []}\n", "expect", 3, "Did you mean \"found\"?"),
                Arguments.of("expect: x\n", "facts.yaml", 3, "expect is plain text"),
                Arguments.of("collected: {who: me}\n", "collected", 3, "unknown key \"who\""),
                Arguments.of("agents: \u001b[0mx\n", "facts.yaml", 3, "1 line holds control characters"));
    }

    @Test
    void theFirstNodeOfANameIsKeptWithItsPosition() throws Exception {
        ClusterFacts facts =
                only(HEAD + "nodes: [{name: a, address: 1.1.1.1}, {name: a, address: 2.2.2.2}, {name: b}]\n");

        assertThat(facts.nodes())
                .extracting(
                        ClusterFacts.NodeOutputs::index, node -> node.address().orElse(""))
                .containsExactly(tuple(0, "1.1.1.1"), tuple(2, ""));
    }

    @Test
    void aRunCommandAnswerMayStandAsTheObjectItIs() throws Exception {
        ClusterFacts facts = only(HEAD + "nodes: {name: a, outputs: {ufw status: {value: [{message: \"Enable\"}]}}}\n");

        assertThat(facts.problems()).isEmpty();
        assertThat(facts.nodes().get(0).outputs()).containsExactly(new CommandOutput("ufw status", "Enable", 3));
    }

    @Test
    void aliasesShareAndMergeKeysGiveWay() throws Exception {
        ClusterFacts facts = only(HEAD + """
                azure:
                  - &rule {name: a, access: Deny, priority: 100}
                  - *rule
                  - {priority: 200, <<: *rule}
                """);

        assertThat(facts.azure().get(1)).isSameAs(facts.azure().get(0));
        assertThat(facts.azure().get(2).text("priority")).contains("200");
        assertThat(facts.azure().get(2).text("access")).contains("Deny");
    }

    @ParameterizedTest
    @MethodSource("aliasBombs")
    void aliasesCannotMultiplyWithoutBound(String bomb) {
        assertThat(refused(HEAD + bomb)).hasMessageContaining("aliases of this document multiply");
    }

    static Stream<String> aliasBombs() {
        StringBuilder laughs = new StringBuilder("azure:\n- &a0 [x]\n");
        StringBuilder merges = new StringBuilder("azure:\n- &a0 {k: v}\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("- &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1) + "]\n");
            merges.append("- &a" + i + " {<<: [" + ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1) + "]}\n");
        }
        String longText = "azure:\n- &a " + "x ".repeat(100_000) + "\n" + "- *a\n".repeat(2_000);
        return Stream.of(laughs.toString(), merges.toString(), longText);
    }

    /** SnakeYAML's own reader copies what it looked ahead again and again, at a cost of the length squared. */
    @Test
    void longLinesCostNoMoreThanShortOnes() throws Exception {
        String line = "😀x".repeat(500_000);
        for (String notation : List.of("|\n  " + line, "'" + line + "'", "\"" + line + "\"", line)) {
            assertThat(only(HEAD + "scene: " + notation + "\n")
                            .scene()
                            .orElse("")
                            .strip())
                    .isEqualTo(line);
        }
    }

    @Test
    void hostileKeysCostNoMoreThanOthers() throws Exception {
        StringBuilder json = new StringBuilder("{" + JSON_HEAD + ", \"azure\": [{\"\\u0000\\u001b[2J\": 1");
        // "Aa" and "BB" have the same hash, so all of these have.
        for (int i = 0; i < 1 << 14; i++) {
            json.append(",\"");
            for (int bit = 0; bit < 14; bit++) {
                json.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            json.append("\":").append(i);
        }
        json.append("}]}");

        Tree azure = only(json.toString()).azure().get(0);

        assertThat(((Tree.Mapping) azure).entries()).hasSize((1 << 14) + 1);
    }

    @Test
    void problemsOfOneFileAreBounded() throws Exception {
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 0; i < 5_000; i++) {
            text.append("wrong").append(i).append(": x\n");
        }

        assertThat(only(text.toString()).problems())
                .hasSize(1_001)
                .last()
                .satisfies(last -> assertThat(last.message()).contains("more problems"));
    }

    @Test
    void aLargeFileIsReadWhole() throws Exception {
        String rule =
                "-A KUBE-SVC-ABCDEFGH -d 10.0.0.1/32 -p tcp -m comment --comment \"a b\" -m tcp --dport 443 -j DROP\n";
        String yaml = ("      " + rule).repeat(200);
        String json = rule.replace("\"", "\\\"").replace("\n", "\\n").repeat(200);

        List<ClusterFacts> fromYaml = read(stream(
                HEAD + "nodes:\n", 1_000, i -> "- name: n" + i + "\n  outputs:\n    iptables -S: |\n" + yaml, ""));
        List<ClusterFacts> fromJson = read(stream(
                "{" + JSON_HEAD + ", \"nodes\": [{\"name\":\"x\"}",
                1_000,
                i -> ",{\"name\":\"n" + i + "\",\"outputs\":{\"iptables -S\":\"" + json + "\"}}",
                "]}"));

        assertThat(fromYaml.get(0).nodes()).hasSize(1_000);
        assertThat(fromYaml.get(0).nodes().get(999).outputs().get(0).text()).isEqualTo(rule.repeat(200));
        assertThat(fromJson.get(0).nodes()).hasSize(1_001);
        assertThat(fromJson.get(0).nodes().get(1_000).outputs().get(0).text()).isEqualTo(rule.repeat(200));
    }

    private static InputStream stream(String head, int parts, IntFunction<String> part, String tail) {
        Iterator<String> texts = Stream.of(
                        Stream.of(head), IntStream.range(0, parts).mapToObj(part), Stream.of(tail))
                .flatMap(Function.identity())
                .iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return texts.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(texts.next().getBytes(UTF_8));
            }
        });
    }

    @Test
    void aFileCutAnywhereIsReadOrRefused() {
        byte[] yaml = (WHOLE + "---\n" + WHOLE).getBytes(UTF_8);
        byte[] json = ("{" + JSON_HEAD
                        + ",\"nodes\":[{\"name\":\"é\",\"outputs\":{\"a\":\"b\\n\"}}],\"azure\":[1,true,null]}")
                .getBytes(UTF_8);

        for (byte[] whole : List.of(yaml, json)) {
            for (int length = 0; length <= whole.length; length++) {
                readOrRefuse(Arrays.copyOf(whole, length));
            }
        }
    }

    @Test
    void aFileDamagedAnywhereIsReadOrRefused() {
        byte[] whole = WHOLE.getBytes(UTF_8);
        Random random = new Random(7);
        byte[] alphabet = "\u0000\t\n\r :-|>&*!%@`'\"[]{},#?\\<~0é".getBytes(UTF_8);
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = alphabet[random.nextInt(alphabet.length)];
            }
            readOrRefuse(damaged);
        }
    }

    private static void readOrRefuse(byte[] bytes) {
        try {
            assertThat(read(bytes)).isNotEmpty();
        } catch (UnreadableFactsException refused) {
            assertThat(refused.getMessage()).startsWith("facts.yaml").doesNotContain("Source:");
        }
    }

    @Test
    void whatTheSinkThrowsPassesThrough() {
        assertThatThrownBy(() -> FactsFile.read("-", new ByteArrayInputStream(HEAD.getBytes(UTF_8)), facts -> {
                    throw new IllegalStateException("full");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("full");
    }

    private static UnreadableFactsException refused(String text) {
        return catchThrowableOfType(UnreadableFactsException.class, () -> read(text.getBytes(UTF_8)));
    }

    private static ClusterFacts only(String text) throws UnreadableFactsException {
        List<ClusterFacts> documents = read(text.getBytes(UTF_8));
        assertThat(documents).hasSize(1);
        return documents.get(0);
    }

    private static List<String> scenes(String text) throws UnreadableFactsException {
        return read(text.getBytes(UTF_8)).stream()
                .map(facts -> facts.scene().orElse(""))
                .toList();
    }

    private static List<ClusterFacts> read(byte[] bytes) throws UnreadableFactsException {
        return read(new ByteArrayInputStream(bytes));
    }

    private static List<ClusterFacts> read(InputStream in) throws UnreadableFactsException {
        List<ClusterFacts> documents = new ArrayList<>();
        FactsFile.read("facts.yaml", in, documents::add);
        return documents;
    }
}
