/** Verbatim evidence to facts: one class per format. Every line becomes a fact, is known to carry none, or is a problem with its place. */
@NullMarked
package tunneldoctor.parse;

import org.jspecify.annotations.NullMarked;
