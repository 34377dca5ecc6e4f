/** The straight line from one facts document to its diagnosis. */
@NullMarked
package tunneldoctor.diagnose;

import org.jspecify.annotations.NullMarked;
