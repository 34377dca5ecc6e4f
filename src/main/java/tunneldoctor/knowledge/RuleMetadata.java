package tunneldoctor.knowledge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.drools.drl.ast.descr.AnnotationDescr;
import org.drools.drl.ast.descr.RuleDescr;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.Cause;
import tunneldoctor.model.Severity;

/** What the first rule of a file says of the cause. Drools evaluates such values as code, so only plain texts pass. */
final class RuleMetadata {
    /** Stands in a scaffold where the author's own words belong. */
    static final String TO_FILL_IN = "…";

    static final String NOT_FILLED_IN = "this is still to be filled in";

    private static final List<String> NAMES = List.of("title", "severity", "source", "maturity", "ruledOut");
    private static final List<String> MATURITIES = List.of("stable", "incubating", "sandbox");
    private static final List<String> SEVERITIES =
            Arrays.stream(Severity.values()).map(Severity::name).toList();

    private final RuleFile file;
    private final Places places;
    private final Scope.Reports reports;
    private final Map<String, String> values = new HashMap<>();

    RuleMetadata(RuleFile file, Scope.Reports reports) {
        this.file = file;
        this.places = new Places(file);
        this.reports = reports;
    }

    /** To be asked only of a file without mistakes. */
    Optional<Cause> cause() {
        return file.shared()
                ? Optional.empty()
                : Optional.of(new Cause(
                        file.id(),
                        value("title"),
                        Severity.valueOf(value("severity")),
                        value("source"),
                        value("maturity"),
                        value("ruledOut"),
                        file.relative()));
    }

    private String value(String name) {
        return values.getOrDefault(name, "");
    }

    void read(RuleDescr rule, boolean first) {
        for (AnnotationDescr annotation : rule.getAnnotations()) {
            String name = annotation.getName();
            if (!NAMES.contains(name)) {
                refuse(
                        rule,
                        name,
                        "unknown annotation @" + name,
                        Vocabulary.nearest(name, NAMES)
                                .map(near -> "Did you mean @" + near + "?")
                                .orElse("A rule may have @" + String.join(", @", NAMES) + "."));
            } else if (!first || file.shared()) {
                refuse(
                        rule,
                        name,
                        "@" + name + " stands on a rule that may not have it",
                        file.shared()
                                ? "Shared inferences are no cause."
                                : "What is said of the cause stands on the first rule of its file.");
            } else {
                annotation(rule, annotation);
            }
        }
        if (first && !file.shared()) {
            missing(rule);
        }
    }

    private void missing(RuleDescr rule) {
        Set<String> meant = new HashSet<>();
        rule.getAnnotations()
                .forEach(given -> Vocabulary.nearest(given.getName(), NAMES).ifPresent(meant::add));
        for (String name : NAMES) {
            if (!meant.contains(name)) {
                reports.tell(
                        places.of(rule, "rule"),
                        "@" + name + " is missing",
                        "Write on the first rule: " + example(name));
            }
        }
    }

    private static String example(String name) {
        return switch (name) {
            case "title" -> "@title(\"…\"), what is wrong, on one line";
            case "severity" -> "@severity(\"" + String.join("\") or @severity(\"", SEVERITIES) + "\")";
            case "source" -> "@source(\"…\"), where the cause is documented";
            case "maturity" -> "@maturity(\"" + String.join("\") or @maturity(\"", MATURITIES) + "\")";
            default -> "@ruledOut(\"…\"), what holds where no rule of this file fires";
        };
    }

    private void annotation(RuleDescr rule, AnnotationDescr annotation) {
        String name = annotation.getName();
        Map<String, Object> given = annotation.getValueMap();
        Optional<String> text = given.size() == 1 && given.containsKey(AnnotationDescr.VALUE)
                ? literal(given.get(AnnotationDescr.VALUE))
                : Optional.empty();
        if (text.isEmpty() || annotation.isDuplicated()) {
            refuse(
                    rule,
                    name,
                    annotation.isDuplicated()
                            ? "@" + name + " stands twice"
                            : "the value of @" + name + " is not a text",
                    "Write: @" + name + "(\"…\"), once and on one line.");
            return;
        }
        values.put(name, text.get());
        if (text.get().equals(TO_FILL_IN)) {
            refuse(rule, name, NOT_FILLED_IN, "Write: " + example(name));
        } else if (name.equals("severity")) {
            oneOf(rule, name, text.get(), SEVERITIES);
        } else if (name.equals("maturity")) {
            oneOf(rule, name, text.get(), MATURITIES);
        } else if (name.equals("title") && text.get().endsWith(".")) {
            refuse(rule, name, "the title ends with a full stop", "Leave the full stop out: reports go on after it.");
        }
    }

    private void oneOf(RuleDescr rule, String name, String value, List<String> known) {
        if (!known.contains(value)) {
            refuse(
                    rule,
                    name,
                    "there is no " + name + " " + value,
                    Vocabulary.nearest(value, known)
                                    .map(near -> "Did you mean " + near + "? There are: ")
                                    .orElse("There are: ")
                            + String.join(", ", known) + ".");
        }
    }

    /** The text of a string literal; empty for anything that would have to be evaluated. */
    private static Optional<String> literal(@Nullable Object value) {
        if (!(value instanceof String source) || source.length() < 3) {
            return Optional.empty();
        }
        List<Token> tokens = Token.of(source, 0);
        boolean whole = tokens.size() == 1
                && tokens.get(0).kind() == Token.Kind.TEXT
                && tokens.get(0).text().length() == source.length();
        String inner = source.substring(1, source.length() - 1);
        String plain = inner.replace("\\\"", "\"").replace("\\\\", "\\");
        boolean printable = plain.codePoints().noneMatch(Character::isISOControl);
        return whole && printable && !plain.isBlank() ? Optional.of(plain) : Optional.empty();
    }

    private void refuse(RuleDescr rule, String name, String message, String hint) {
        reports.tell(places.of(rule, "@" + name), message, hint);
    }
}
