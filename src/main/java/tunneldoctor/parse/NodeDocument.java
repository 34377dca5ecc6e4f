package tunneldoctor.parse;

import tunneldoctor.model.SourceRef;

/**
 * One command's output on one node, wrappers removed.
 *
 * @param node the node's name
 * @param place the document's name in every {@link SourceRef}, for example {@code nodes[2] "iptables -S"}
 * @param command the command line, without {@code sudo}, environment assignments and the tool's path
 * @param text standard output and standard error as they came
 * @param truncatedHead whether the beginning of the text is known to be cut off
 * @param truncatedTail whether the end of the text is known to be cut off
 */
record NodeDocument(
        String node, String place, String command, String text, boolean truncatedHead, boolean truncatedTail) {

    /** @param line 1-based */
    SourceRef at(int line, String lineText) {
        return new SourceRef(place, line, lineText);
    }
}
