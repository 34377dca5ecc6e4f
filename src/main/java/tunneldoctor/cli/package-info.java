/**
 * The command line: options, files, messages and exit codes. A command is one class that {@link tunneldoctor.cli.Main}
 * lists; what it needs of the process comes with its {@link tunneldoctor.cli.Terminal}.
 */
@NullMarked
package tunneldoctor.cli;

import org.jspecify.annotations.NullMarked;
