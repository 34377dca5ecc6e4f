/** A live cluster as a whole: Azure and its API server at once, then its nodes. The one way in for the commands. */
@NullMarked
package tunneldoctor.collect.live;

import org.jspecify.annotations.NullMarked;
