package tunneldoctor.model;

/**
 * Where a statement was read: the place an SRE can open to check it.
 *
 * @param document which document of the facts file, for example {@code nodes[2] "iptables -S"} or
 *     {@code azure[4] networkSecurityGroups/custom-nsg}
 * @param line for a command's output the 1-based line of that output; for a resource or object the 1-based line of the
 *     facts file; 0 where a whole document is meant
 * @param text the line as printed, or the deciding fields of a resource on one line
 */
public record SourceRef(String document, int line, String text) {
    /** By the line's number, where it has one: to go through thousands of lines would cost more than to compare a few. */
    @Override
    public int hashCode() {
        int place = 31 * document.hashCode() + line;
        return line > 0 ? place : 31 * place + text.hashCode();
    }
}
