package tunneldoctor.cli;

import java.util.Locale;

/** How a report is printed. */
enum OutputFormat {
    TEXT,
    JSON,
    JSONL;

    /** As it is written after {@code -o}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
