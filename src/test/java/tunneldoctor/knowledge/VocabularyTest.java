package tunneldoctor.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tunneldoctor.model.Conclusion;

/** What authors read about the words of rules is what the words are. */
class VocabularyTest {
    private static final Path GUIDE = Path.of("rules/README.md");
    private static final String BEGIN = "<!-- vocabulary: ";
    private static final String END = "<!-- end of vocabulary -->";

    @Test
    void theGuideListsEveryWord() throws Exception {
        String guide = Files.readString(GUIDE);
        int begin = guide.indexOf('\n', guide.indexOf(BEGIN)) + 1;
        int end = guide.indexOf(END);
        String vocabulary = VocabularyPage.write();
        if (Boolean.getBoolean("update-golden")) {
            Files.writeString(GUIDE, guide.substring(0, begin) + vocabulary + guide.substring(end));
            return;
        }
        assertThat(guide.substring(begin, end))
                .as("run the test with -Dupdate-golden=true after a change of the model's words")
                .isEqualTo(vocabulary);
    }

    @Test
    void everyFactThatRulesMatchHasItsSource() {
        List<Class<?>> matched = new ArrayList<>();
        for (RuleFile file : RuleFile.readAll(Path.of("rules"), new ArrayList<>())) {
            RuleCompiler.rules(file, new ArrayList<>())
                    .forEach(rule -> rule.when().eachPattern((pattern, denied) -> matched.add(pattern.fact())));
        }

        assertThat(matched)
                .isNotEmpty()
                .filteredOn(fact -> !Conclusion.class.isAssignableFrom(fact))
                .allSatisfy(fact -> assertThat(FactSources.of(fact))
                        .as("%s: add it to FactSources", fact.getSimpleName())
                        .isNotEmpty());
    }
}
