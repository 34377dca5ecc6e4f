package tunneldoctor.knowledge;

import java.util.Optional;
import java.util.Set;

/**
 * A rule as far as it can be followed by hand.
 *
 * @param line 1-based, where the rule begins
 * @param concludes the words of {@link Conclude} it uses, for example {@code proved}
 * @param premise everything before {@code then}; empty where it has a form that cannot be followed
 */
record RulePremises(String name, RuleFile file, int line, Set<String> concludes, Optional<Premise> premise) {}
