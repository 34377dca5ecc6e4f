package tunneldoctor.model;

/**
 * Evidence that would settle an unknown.
 *
 * @param what what is missing, for example {@code the network security group of subnet aks-subnet}
 * @param command the one command that would show it, names filled in where known; safe to paste
 */
public record Missing(String what, String command) {}
