/** A stand-in for Azure that speaks HTTP, so that the real collector runs against a cluster that a test describes. */
@NullMarked
package tunneldoctor.collect.standin;

import org.jspecify.annotations.NullMarked;
