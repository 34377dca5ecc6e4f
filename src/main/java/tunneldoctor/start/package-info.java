/** What the jar calls in place of parts of Java that are slow in a fresh process. */
@NullMarked
package tunneldoctor.start;

import org.jspecify.annotations.NullMarked;
