package tunneldoctor.model;

/**
 * A Virtual Network Manager security admin rule; these run before every network security group.
 *
 * @param access {@code Allow}, {@code AlwaysAllow} or {@code Deny}
 * @param rule its conditions; {@code rule.allow()} is true for both kinds of allow
 */
public record AdminRule(String access, NsgRule rule) {}
