package tunneldoctor.knowledge;

import java.util.List;

/**
 * One rule of a file, as far as it is understood.
 *
 * @param name with its prefix
 * @param offset where it begins, in the file
 * @param then the values it concludes, in order
 * @param sound whether all of it could be read; of a rule that is not, parts may be missing
 */
record ParsedRule(String name, int offset, Condition.All when, List<Expr> then, boolean sound) {
    ParsedRule {
        then = List.copyOf(then);
    }

    /** The name without its prefix. */
    String title() {
        int colon = name.indexOf(": ");
        return colon < 0 ? name : name.substring(colon + 2);
    }
}
