/**
 * Live systems and files to one facts document: what to gather, within which limits, and how it is kept. The packages
 * inside know one source each; {@link tunneldoctor.collect.Collected} is where they all put what they got, and what they
 * did not.
 */
@NullMarked
package tunneldoctor.collect;

import org.jspecify.annotations.NullMarked;
