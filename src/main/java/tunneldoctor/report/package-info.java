/**
 * What is concluded, as text for people and as JSON for programs. Renderers are pure: the same diagnosis gives the same
 * bytes, whatever the clock, the locale or the terminal. Everything that comes from evidence passes through
 * {@link tunneldoctor.report.Escape}.
 */
@NullMarked
package tunneldoctor.report;

import org.jspecify.annotations.NullMarked;
