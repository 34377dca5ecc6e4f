/** Files that somebody collected before: folders and archives, read within bounds, whatever stands in them. */
@NullMarked
package tunneldoctor.collect.files;

import org.jspecify.annotations.NullMarked;
