package tunneldoctor.collect.nodes;

/**
 * What run-command gave back: of each stream its last {@link NodeRunner#MOST_BYTES} bytes, which may begin within a
 * character.
 */
public record NodeAnswer(String stdout, String stderr) {}
