package tunneldoctor.knowledge;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.drools.compiler.compiler.io.memory.MemoryFileSystem;
import org.kie.memorycompiler.JavaCompilerFactory;
import org.kie.memorycompiler.JavaConfiguration;

/**
 * Loads the classes of the Java compiler while rules are still being read and turned into Java. In a fresh process they
 * take about as long to load as a rule file takes to compile.
 */
final class CompilerWarmUp {
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private static final String PATH = "src/main/java/warm/Up.java";
    private static final String SOURCE = """
            package warm;

            import java.util.List;
            import java.util.function.Predicate;

            public class Up implements Predicate<List<String>> {
                public boolean test(List<String> words) {
                    return words.stream().filter(word -> !word.isEmpty()).map(word -> word + 1).count() > 0;
                }
            }
            """;

    private CompilerWarmUp() {}

    /** Returns at once; does nothing but the first time. */
    static void begin() {
        if (BEGUN.compareAndSet(false, true)) {
            Thread thread = new Thread(CompilerWarmUp::compile, "compiler-warm-up");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void compile() {
        try {
            MemoryFileSystem sources = new MemoryFileSystem();
            sources.write(PATH, SOURCE.getBytes(StandardCharsets.UTF_8));
            JavaCompilerFactory.loadCompiler(JavaConfiguration.CompilerType.ECLIPSE, "17")
                    .compile(
                            new String[] {PATH},
                            sources,
                            new MemoryFileSystem(),
                            CompilerWarmUp.class.getClassLoader());
        } catch (RuntimeException | LinkageError onlyCostsTime) {
            // The compilation it was to make faster will tell.
        }
    }
}
