package tunneldoctor.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SubstitutesTest {
    @Test
    void aClassOfTheBootLoaderIsFoundByTheLoaderOfTheProgram() {
        assertThat(String.class.getClassLoader()).isNull();
        assertThat(Substitutes.getClassLoader(String.class)).isSameAs(ClassLoader.getSystemClassLoader());
        assertThat(Substitutes.getClassLoader(SubstitutesTest.class)).isSameAs(SubstitutesTest.class.getClassLoader());
    }

    @Test
    void packagesAreJavasOwnButForAJarThatIsLookedAtFirst() {
        for (Class<?> type : List.of(String.class, SubstitutesTest.class, int.class, String[].class)) {
            assertThat(Substitutes.getPackage(type)).as("%s", type).isEqualTo(type.getPackage());
        }
    }
}
