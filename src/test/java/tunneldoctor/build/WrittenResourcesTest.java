package tunneldoctor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tunneldoctor.start.WrittenDown;

class WrittenResourcesTest {
    private static final String RULES = "tunneldoctor/rules/built-in";

    @Test
    void whatEveryRunAsksForIsReadFromTheClassByteByByte() throws Exception {
        byte[] rules = new byte[200_000];
        new Random(7).nextBytes(rules);
        String service = "META-INF/services/org.kie.api.Service";
        WrittenResources resources = new WrittenResources();
        resources.add(RULES, rules);
        resources.add(service, "one.Provider # the only one\n".getBytes(StandardCharsets.UTF_8));
        resources.add("META-INF/services/java.sql.Driver", "another.Provider".getBytes(StandardCharsets.UTF_8));

        Class<?> filled = new Loader().define(resources.writtenInto(unfilled()));

        assertThat(held(filled, RULES).orElseThrow().getBytes(StandardCharsets.ISO_8859_1))
                .isEqualTo(rules);
        assertThat(held(filled, service)).hasValue("one.Provider # the only one\n");
        assertThat(held(filled, "META-INF/services/java.sql.Driver")).isEmpty();
    }

    @Test
    void nothingIsHeldButInTheJar() {
        assertThat(WrittenDown.bytes(RULES)).isEmpty();
    }

    private static Optional<String> held(Class<?> filled, String name) throws ReflectiveOperationException {
        Object held =
                Objects.requireNonNull(filled.getMethod("bytes", String.class).invoke(null, name));
        return ((Optional<?>) held).map(String.class::cast);
    }

    private static byte[] unfilled() throws IOException {
        try (InputStream in = Objects.requireNonNull(WrittenDown.class.getResourceAsStream("WrittenDown.class"))) {
            return in.readAllBytes();
        }
    }

    private static final class Loader extends ClassLoader {
        Class<?> define(byte[] type) {
            return defineClass(WrittenDown.class.getName(), type, 0, type.length);
        }
    }
}
