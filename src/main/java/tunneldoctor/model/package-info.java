/**
 * What is known and what is concluded: the vocabulary that readers produce, the packet path decides on and the DRL rules
 * are written in. Immutable values only; nothing here reads, decides or prints.
 */
@NullMarked
package tunneldoctor.model;

import org.jspecify.annotations.NullMarked;
