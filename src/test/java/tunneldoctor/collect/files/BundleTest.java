package tunneldoctor.collect.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    @TempDir
    private Path folder;

    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, String> unread = new TreeMap<>();

    private void read(Path source) throws IOException {
        Bundle.read(source, new Bundle.Sink() {
            @Override
            public void file(String path, byte[] content) {
                assertThat(files.put(
                                path, content.length < 1000 ? new String(content, StandardCharsets.UTF_8) : "long"))
                        .isNull();
            }

            @Override
            public void unread(String path, String why) {
                unread.put(path, why);
            }
        });
    }

    private Path written(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A ustar header and its content, padded. */
    private static byte[] tarEntry(String name, char type, byte[] content) {
        byte[] block = new byte[512 + (content.length + 511) / 512 * 512];
        put(block, 0, name);
        put(block, 124, String.format("%011o", content.length));
        block[156] = (byte) type;
        put(block, 257, "ustar");
        System.arraycopy(content, 0, block, 512, content.length);
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text(text);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private static byte[] tar(byte[]... entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Arrays.stream(entries).forEach(bytes::writeBytes);
        bytes.writeBytes(new byte[1024]);
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsFoldersAndArchivesInThem() throws Exception {
        Files.createDirectories(folder.resolve("case/node"));
        Files.writeString(folder.resolve("case/node/a.txt"), "a");
        written("case/logs.zip", zip(Map.of("etc/hostname", text("host"))));
        written("case/more.tgz", gzip(tar(tarEntry("b.txt", '0', text("b")), tarEntry("c", '5', new byte[0]))));
        written("case/d.txt.gz", gzip(text("d")));

        read(folder.resolve("case"));

        assertThat(files)
                .isEqualTo(Map.of(
                        "case/node/a.txt", "a",
                        "case/logs.zip/etc/hostname", "host",
                        "case/more.tgz/b.txt", "b",
                        "case/d.txt", "d"));
        assertThat(unread).isEmpty();
    }

    @Test
    void longNamesOfGnuAndPaxAreRead() throws Exception {
        String gnu = "g".repeat(200);
        String pax = "p".repeat(300);
        byte[] record = text("310 path=" + pax + "\n");
        read(written(
                "x.tar",
                tar(
                        tarEntry("././@LongLink", 'L', text(gnu)),
                        tarEntry("short", '0', text("1")),
                        tarEntry("PaxHeader", 'x', record),
                        tarEntry("short", '0', text("2")))));

        assertThat(files).isEqualTo(Map.of("x.tar/" + gnu, "1", "x.tar/" + pax, "2"));
    }

    @Test
    void namesThatLeadElsewhereAreOnlyNames() throws Exception {
        read(written("x.zip", zip(Map.of("../../etc/passwd", text("1"), "/abs/olute", text("2")))));

        assertThat(files.keySet()).containsExactly("x.zip/abs/olute", "x.zip/etc/passwd");
        assertThat(folder.resolve("../../etc/passwd"))
                .satisfies(path -> assertThat(path.toFile().length()).isNotEqualTo(1));
    }

    @Test
    void linksAreNotFollowed() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.createDirectory(folder.resolve("case"));
        Files.createSymbolicLink(folder.resolve("case/link"), secret);
        Files.createSymbolicLink(folder.resolve("case/round"), folder);
        written("case/x.tar", tar(tarEntry("link", '2', new byte[0]), tarEntry("device", '3', new byte[0])));

        read(folder.resolve("case"));

        assertThat(files).isEmpty();
    }

    @Test
    void aBombIsNotUnpacked() throws Exception {
        byte[] zeros = new byte[Bundle.LARGEST_FILE + 1];
        read(written("x.zip", zip(new TreeMap<>(Map.of("a", zeros, "b", text("b"))))));

        assertThat(files).isEqualTo(Map.of("x.zip/b", "b"));
        assertThat(unread).containsOnlyKeys("x.zip/a");
        assertThat(unread.get("x.zip/a")).contains("larger than 64 MB");
    }

    @Test
    void archivesInArchivesEnd() throws Exception {
        byte[] inner = zip(Map.of("x", text("x")));
        for (int i = 0; i < 6; i++) {
            inner = zip(Map.of("x" + i + ".zip", inner));
        }
        read(written("x.zip", inner));

        assertThat(files).isEmpty();
        assertThat(unread.values()).containsExactly("is an archive in an archive in an archive; unpack it");
    }

    @Test
    void whatBreaksOffIsNotTakenForWhole() throws Exception {
        byte[] random = new byte[4000];
        new java.util.Random(1).nextBytes(random);
        byte[] tgz =
                gzip(tar(tarEntry("a", '0', text("a")), tarEntry("b", '0', random), tarEntry("c", '0', text("c"))));
        read(written("x.tgz", Arrays.copyOf(tgz, tgz.length / 2)));

        assertThat(files).isEqualTo(Map.of("x.tgz/a", "a"));
        assertThat(unread.get("x.tgz/b")).contains("breaks off");
        assertThat(unread.get("x.tgz")).contains("what stands before that was read");
    }

    /** Every cut but one inside the record that ends it, behind which nothing is missing. */
    @Test
    void aZipThatIsCutAnywhereSaysSoAndGivesOnlyWholeFiles() throws Exception {
        Map<String, byte[]> entries = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            entries.put("f" + i, text("content " + i));
        }
        byte[] zip = zip(entries);
        for (int cut = 4; cut < zip.length - 20; cut++) {
            files.clear();
            unread.clear();
            read(written("x.zip", Arrays.copyOf(zip, cut)));

            assertThat(unread).as("cut at %s", cut).containsKey("x.zip");
            assertThat(files)
                    .allSatisfy((name, content) ->
                            assertThat(content).isEqualTo("content " + name.substring(name.length() - 1)));
        }
        read(written("whole.zip", zip));
        assertThat(unread).doesNotContainKey("whole.zip");
    }

    @Test
    void aDamagedArchiveIsSaidToBe() throws Exception {
        read(written("x.zip", text("PK\u0003\u0004 and nothing else")));
        byte[] tar = tar(tarEntry("a", '0', text("a")), new byte[] {1});
        read(written("x.tar", tar));

        assertThat(unread).containsOnlyKeys("x.zip", "x.tar");
        assertThat(files).isEqualTo(Map.of("x.tar/a", "a"));
    }

    @Test
    void whatIsNotThereIsAnError() {
        assertThatThrownBy(() -> read(folder.resolve("no"))).isInstanceOf(NoSuchFileException.class);
    }
}
