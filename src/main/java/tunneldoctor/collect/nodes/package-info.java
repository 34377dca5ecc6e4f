/**
 * What nodes tell by Azure's run-command: the read-only scripts, the transport that brings a long answer whole through a
 * channel that keeps 4,096 bytes, and the choice of nodes. Knows no Azure: it is told how to run a script.
 */
@NullMarked
package tunneldoctor.collect.nodes;

import org.jspecify.annotations.NullMarked;
