package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleCacheTest {
    @TempDir
    private Path temp;

    private Path directory;
    private RuleCache cache;
    private RuleFile file;

    @BeforeEach
    void files() {
        RuleText.write(temp.resolve("rules"), RuleText.FILE, RuleText.good());
        file = RuleFile.readAll(temp.resolve("rules"), new ArrayList<>()).get(0);
        directory = temp.resolve("home/.cache/tunnel-doctor");
        cache = new RuleCache(directory);
    }

    /** Of some size, and equal to what it is kept as. */
    private static CompiledRules rules(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return new CompiledRules(
                "rules.some_cause.Rules", 17, Optional.empty(), Map.of("rules.some_cause.Bytes", bytes));
    }

    private static boolean same(CompiledRules one, CompiledRules other) {
        return one.modelClass().equals(other.modelClass())
                && one.jdk() == other.jdk()
                && one.classes().keySet().equals(other.classes().keySet())
                && one.classes().entrySet().stream()
                        .allMatch(entry ->
                                Arrays.equals(entry.getValue(), other.classes().get(entry.getKey())));
    }

    private static CompiledRules compiled(RuleFile file) {
        return RuleCompiler.compile(file, new ArrayList<>()).orElseThrow();
    }

    @Test
    void theKeyTellsTextsNamesAndBuildsApart() {
        String key = cache.key(file).orElseThrow();

        assertThat(new RuleCache(temp).key(file)).contains(key);
        RuleFile other = new RuleFile(file.path(), file.relative(), file.id(), true, file.bytes(), file.text());
        assertThat(cache.key(other)).isNotEqualTo(Optional.of(key));
        assertThat(ModelFingerprint.classes().orElseThrow().keySet())
                .as("what checks rules is part of it, as what it lets through is kept")
                .contains(
                        "tunneldoctor/model/Fact.class",
                        "tunneldoctor/knowledge/Conclude.class",
                        "tunneldoctor/knowledge/RulePolicy.class",
                        "tunneldoctor/knowledge/Cage.class");
    }

    @Test
    void whatWasKeptByALaterJdkIsCompiledAgain() {
        CompiledRules now = compiled(file);
        cache.keep("a", now);
        cache.keep(
                "b", new CompiledRules(now.modelClass(), Runtime.version().feature() + 1, now.cause(), now.classes()));

        assertThat(cache.kept("a", file)).isPresent();
        assertThat(cache.kept("b", file)).isEmpty();
    }

    @Test
    void readersSeeAllOrNothingWhileOthersWrite() throws Exception {
        List<CompiledRules> versions = List.of(rules(10), rules(300_000), rules(50_000));
        CountDownLatch writing = new CountDownLatch(3);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Callable<Integer>> runs = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int number = i;
                runs.add(() -> number < 3 ? write(versions.get(number), writing) : read(versions, writing));
            }
            int seen = 0;
            for (var run : threads.invokeAll(runs)) {
                seen += run.get();
            }
            assertThat(seen).isPositive();
        } finally {
            threads.shutdownNow();
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("key.zip");
        }
    }

    private int write(CompiledRules version, CountDownLatch writing) {
        for (int i = 0; i < 60; i++) {
            new RuleCache(directory).keep("key", version);
        }
        writing.countDown();
        return 0;
    }

    private int read(List<CompiledRules> versions, CountDownLatch writing) throws Exception {
        int seen = 0;
        while (writing.getCount() > 0 || seen == 0) {
            Path kept = directory.resolve("key.zip");
            if (Files.exists(kept)) {
                CompiledRules read = CompiledRules.unzip(Files.readAllBytes(kept), file.relative())
                        .orElseThrow();
                assertThat(versions).anyMatch(version -> same(version, read));
                seen++;
            }
        }
        return seen;
    }

    @Test
    void damageOfAnyKindIsAsIfNothingWereKept() throws Exception {
        CompiledRules rules = compiled(file);
        byte[] whole = rules.zip();
        Random random = new Random(11);
        cache.keep("key", rules);
        for (int i = 0; i < 400; i++) {
            byte[] damaged = whole.clone();
            if (i % 4 == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(whole.length));
            }
            for (int flips = random.nextInt(4); flips >= 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(directory.resolve("key.zip"), damaged);

            Optional<CompiledRules> read = cache.kept("key", file);

            assertThat(read).isEmpty();
        }
    }

    @Test
    void aFileTooLargeToBeRulesIsNotRead() throws Exception {
        Files.createDirectories(directory);
        try (var file = Files.newByteChannel(
                directory.resolve("key.zip"),
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            file.position(1L << 34);
            file.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
        }

        assertThat(cache.kept("key", file)).isEmpty();
    }

    @Test
    void aFolderOthersMayWriteToIsNotBelieved() throws Exception {
        CompiledRules rules = compiled(file);
        cache.keep("key", rules);
        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(cache.kept("key", file)).isPresent();

        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        cache.keep("other", rules);

        assertThat(cache.kept("key", file)).isEmpty();
        assertThat(directory.resolve("other.zip")).doesNotExist();
    }

    @Test
    void aHomeThatCannotBeWrittenOnlyCostsTime() throws Exception {
        CompiledRules rules = compiled(file);
        Files.writeString(temp.resolve("home"), "a file where the home should be");
        cache.keep("key", rules);
        assertThat(cache.kept("key", file)).isEmpty();

        Path readOnly = Files.createDirectory(temp.resolve("read-only"));
        new RuleCache(readOnly.resolve("cache")).keep("key", rules);
        Files.setPosixFilePermissions(readOnly.resolve("cache"), PosixFilePermissions.fromString("r-x------"));
        RuleCache kept = new RuleCache(readOnly.resolve("cache"));
        kept.keep("more", rules);
        assertThat(kept.kept("key", file)).as("what is there is still used").isPresent();
    }

    @Test
    void theOldestGoWhenThereAreTooMany() throws Exception {
        CompiledRules rules = rules(10);
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (int i = 0; i < 400; i++) {
            Path old = Files.writeString(directory.resolve("old" + i + (i % 10 == 0 ? ".part" : ".zip")), "");
            Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000L + i));
        }
        Path foreign = Files.writeString(directory.resolve("notes.txt"), "");

        cache.keep("new", rules);

        assertThat(directory.resolve("new.zip")).exists();
        assertThat(directory.resolve("old399.zip")).exists();
        assertThat(directory.resolve("old0.part")).doesNotExist();
        assertThat(foreign).exists();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(201);
        }
    }
}
