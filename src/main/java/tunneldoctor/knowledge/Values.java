package tunneldoctor.knowledge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The values a field can still have after some tests: a set where it is known, else a range and what it leaves out. */
final class Values {
    /** A range of whole numbers this short is looked through one by one. */
    private static final long SHORT = 1000;

    private final boolean whole;
    private @Nullable Set<Object> allowed;
    private final Set<Object> excluded = new HashSet<>();
    private final List<Predicate<String>> forms = new ArrayList<>();
    private double least = Double.NEGATIVE_INFINITY;
    private double most = Double.POSITIVE_INFINITY;
    private boolean leastOpen;
    private boolean mostOpen;
    private Optional<Expr> narrowedBy = Optional.empty();

    private Values(boolean whole) {
        this.whole = whole;
    }

    /** @param count whether it is a number of things */
    static Values of(Class<?> type, boolean count) {
        Values values =
                new Values(type == int.class || type == long.class || type == Integer.class || type == Long.class);
        if (type.isEnum()) {
            values.allowed = new HashSet<>(Arrays.asList(type.getEnumConstants()));
        } else if (TypeRules.isTruth(type)) {
            values.allowed = new HashSet<>(List.of(true, false));
        }
        if (count) {
            values.least = 0;
        }
        return values;
    }

    Values copy() {
        Values copy = new Values(whole);
        copy.allowed = allowed == null ? null : new HashSet<>(allowed);
        copy.excluded.addAll(excluded);
        copy.forms.addAll(forms);
        copy.least = least;
        copy.most = most;
        copy.leastOpen = leastOpen;
        copy.mostOpen = mostOpen;
        copy.narrowedBy = narrowedBy;
        return copy;
    }

    /** The last test that had a say; empty before the first. */
    Optional<Expr> narrowedBy() {
        return narrowedBy;
    }

    void narrowedBy(Expr test) {
        narrowedBy = Optional.of(test);
    }

    /** The value is, or is not, one of these. */
    void among(Collection<?> values, boolean holds) {
        Set<Object> set = new HashSet<>();
        values.forEach(value -> set.add(normal(value)));
        if (!holds) {
            excluded.addAll(set);
        } else if (allowed == null) {
            allowed = set;
        } else {
            allowed.retainAll(set);
        }
    }

    private static Object normal(Object value) {
        return value instanceof Number number ? number.doubleValue() : value;
    }

    /** A comparison with a value written out, or its contrary. */
    void compare(String operator, Object value, boolean holds) {
        if (operator.equals("==") || operator.equals("!=")) {
            among(Set.of(value), holds == operator.equals("=="));
        } else if (value instanceof Number number) {
            range(holds ? operator : contrary(operator), number.doubleValue());
        } else if (value instanceof String text) {
            form(operator, text).ifPresent(form -> forms.add(holds ? form : form.negate()));
        }
    }

    private static String contrary(String operator) {
        return switch (operator) {
            case "<" -> ">=";
            case ">" -> "<=";
            case "<=" -> ">";
            case ">=" -> "<";
            default -> operator;
        };
    }

    private void range(String operator, double bound) {
        switch (operator) {
            case "<" -> atMost(whole ? Math.ceil(bound) - 1 : bound, !whole);
            case "<=" -> atMost(whole ? Math.floor(bound) : bound, false);
            case ">" -> atLeast(whole ? Math.floor(bound) + 1 : bound, !whole);
            case ">=" -> atLeast(whole ? Math.ceil(bound) : bound, false);
            default -> {
                // The length of a text and the like say nothing of its value.
            }
        }
    }

    private void atMost(double bound, boolean open) {
        if (bound < most || bound == most && open) {
            most = bound;
            mostOpen = open;
        }
    }

    private void atLeast(double bound, boolean open) {
        if (bound > least || bound == least && open) {
            least = bound;
            leastOpen = open;
        }
    }

    private static Optional<Predicate<String>> form(String operator, String text) {
        return switch (operator) {
            case "contains" -> Optional.of(value -> value.contains(text));
            case "excludes" -> Optional.of(value -> !value.contains(text));
            case "str[startsWith]" -> Optional.of(value -> value.startsWith(text));
            case "str[endsWith]" -> Optional.of(value -> value.endsWith(text));
            case "matches" -> Optional.of(value -> Pattern.matches(text, value));
            default -> Optional.empty();
        };
    }

    /** Whether any value is left. */
    boolean possible() {
        if (allowed != null) {
            return allowed.stream().anyMatch(this::fits);
        }
        if (least > most || least == most && (leastOpen || mostOpen)) {
            return false;
        }
        if (whole && most - least < SHORT) {
            for (double value = least; value <= most; value++) {
                if (!excluded.contains(value)) {
                    return true;
                }
            }
            return false;
        }
        return least < most || !excluded.contains(least);
    }

    private boolean fits(Object value) {
        if (excluded.contains(value)) {
            return false;
        }
        if (value instanceof Double number) {
            return number >= least
                    && number <= most
                    && !(leastOpen && number == least)
                    && !(mostOpen && number == most);
        }
        return !(value instanceof String text) || forms.stream().allMatch(form -> form.test(text));
    }
}
