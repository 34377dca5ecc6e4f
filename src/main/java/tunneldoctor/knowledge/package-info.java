/**
 * The rule base: loads the DRL of a directory, checks it before any of it runs, keeps what was compiled, and draws
 * conclusions from facts. The only package that knows Drools.
 */
@NullMarked
package tunneldoctor.knowledge;

import org.jspecify.annotations.NullMarked;
