/**
 * What Azure Resource Manager and Azure Monitor know of one cluster, and scripts on its machines through run-command. Reads
 * only: {@link tunneldoctor.collect.azure.ReadOnly} stands before the wire and lets nothing else through.
 */
@NullMarked
package tunneldoctor.collect.azure;

import org.jspecify.annotations.NullMarked;
