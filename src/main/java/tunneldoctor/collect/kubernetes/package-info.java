/** What the API server of a cluster tells, by GET alone. The only package that knows the Kubernetes client. */
@NullMarked
package tunneldoctor.collect.kubernetes;

import org.jspecify.annotations.NullMarked;
