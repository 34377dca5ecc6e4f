package tunneldoctor.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordMethodsTest {
    record Every(
            boolean a,
            byte b,
            char c,
            short d,
            int e,
            long f,
            float g,
            double h,
            String i,
            int[] j,
            Optional<String> k) {}

    record Nothing() {}

    record Own(int number) {
        @Override
        public int hashCode() {
            return 7;
        }
    }

    @Test
    void resultsAreThoseOfTheCompilersMethods() throws Exception {
        int[] numbers = {1};
        List<Object[]> values = new ArrayList<>();
        Object[] first = {true, (byte) -3, 'x', (short) 9, 42, 1L << 40, 1.5f, -0.0, "text", numbers, Optional.of("y")};
        values.add(first);
        Object[] others = {
            false, (byte) 3, 'y', (short) 8, -42, 1L, Float.NaN, 0.0, "other", new int[] {1}, Optional.empty()
        };
        for (int i = 0; i < first.length; i++) {
            Object[] changed = first.clone();
            changed[i] = others[i];
            values.add(changed);
        }
        Object[] nothing = first.clone();
        nothing[8] = null;
        values.add(nothing);
        Class<?> rewritten = rewritten(Every.class);
        for (Object[] one : values) {
            for (Object[] other : values) {
                assertThat(make(rewritten, one).equals(make(rewritten, other)))
                        .isEqualTo(make(Every.class, one).equals(make(Every.class, other)));
            }
            assertThat(make(rewritten, one)).hasSameHashCodeAs(make(Every.class, one));
            assertThat(make(rewritten, one).equals(null)).isFalse();
            assertThat(make(rewritten, one)).isNotEqualTo("text");
        }
        Class<?> empty = rewritten(Nothing.class);
        assertThat(make(empty)).isEqualTo(make(empty)).hasSameHashCodeAs(new Nothing());
    }

    @Test
    void methodsWrittenByHandStay() throws Exception {
        assertThat(make(rewritten(Own.class), 1)).hasSameHashCodeAs(new Own(1)).isNotEqualTo(new Own(1));
    }

    /** Otherwise a step of the build was left out. */
    @Test
    void noRecordOfTheToolIsLeftAsItWasCompiled() throws IOException {
        byte[] bytes = bytes(tunneldoctor.model.SourceRef.class);

        assertThat(RecordMethods.rewritten(bytes)).isSameAs(bytes);
    }

    private static Object make(Class<?> type, Object... values) throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor.newInstance(values);
    }

    private static Class<?> rewritten(Class<?> type) throws IOException {
        byte[] rewritten = RecordMethods.rewritten(bytes(type));
        return new ClassLoader(type.getClassLoader()) {
            Class<?> define() {
                return defineClass(type.getName(), rewritten, 0, rewritten.length);
            }
        }.define();
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        String name = type.getName().substring(type.getPackageName().length() + 1) + ".class";
        try (InputStream in = Objects.requireNonNull(type.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }
}
