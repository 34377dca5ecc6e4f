/**
 * Facts without names: a text in, the same text with pseudonyms out, whatever the format. What stays is listed, all else is
 * replaced, so that a name nobody thought of cannot slip through. {@link tunneldoctor.redact.Redaction} is the way in.
 */
@NullMarked
package tunneldoctor.redact;

import org.jspecify.annotations.NullMarked;
