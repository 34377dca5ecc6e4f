/** Which flows the tunnel needs, which hops they cross, and what each hop does with them. */
@NullMarked
package tunneldoctor.path;

import org.jspecify.annotations.NullMarked;
