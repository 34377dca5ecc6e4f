/** Steps of the build that work on compiled classes. None of it is part of what is shipped. */
@NullMarked
package tunneldoctor.build;

import org.jspecify.annotations.NullMarked;
