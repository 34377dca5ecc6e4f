package tunneldoctor.model;

/**
 * A firewall command of a node whose output shows no table: not root, not found, an error, an empty answer.
 *
 * @param node the node's name
 * @param command the command line
 * @param reason what the output says
 */
public record HostTablesUnreadable(String node, String command, String reason, SourceRef source) {}
