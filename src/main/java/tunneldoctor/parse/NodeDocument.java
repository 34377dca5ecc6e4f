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
 * @param lineOffset how many lines of the output stand before the text
 */
record NodeDocument(
        String node,
        String place,
        String command,
        String text,
        boolean truncatedHead,
        boolean truncatedTail,
        int lineOffset) {

    /** An output that had no wrapper before it. */
    NodeDocument(String node, String place, String command, String text, boolean truncatedHead, boolean truncatedTail) {
        this(node, place, command, text, truncatedHead, truncatedTail, 0);
    }

    /** @param line 1-based line of {@link #text}; 0 for the whole document */
    SourceRef at(int line, String lineText) {
        return new SourceRef(place, line == 0 ? 0 : line + lineOffset, lineText);
    }
}
