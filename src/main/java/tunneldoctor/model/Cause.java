package tunneldoctor.model;

/**
 * A cause the rule base knows, from the metadata of its file.
 *
 * @param id kebab-case; the file's name and the prefix of its rules' names
 * @param title one line for reports, without a full stop
 * @param source where the cause is documented
 * @param maturity {@code stable}, {@code incubating} or {@code sandbox}
 * @param ruledOut what holds where the cause is ruled out, one clause for reports
 * @param file its DRL file, relative to the rule base's folder, with {@code /}
 */
public record Cause(
        String id, String title, Severity severity, String source, String maturity, String ruledOut, String file) {}
