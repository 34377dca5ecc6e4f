package tunneldoctor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A change to a network security group. */
public sealed interface NsgChange extends FactChange {
    Nsg nsg();

    /** The group's rules afterwards. */
    List<NsgRule> rulesAfter(List<NsgRule> rules);

    @Override
    default boolean foreseeable() {
        return true;
    }

    @Override
    default Facts applied(Facts facts) {
        return facts.changed(
                this, azure -> azure.withNsgs(one -> same(one) ? one.withRules(rulesAfter(one.rules())) : one));
    }

    private boolean same(Nsg other) {
        return nsg().id().isEmpty()
                ? nsg().name().equals(other.name()) && nsg().source().equals(other.source())
                : nsg().id().equals(other.id());
    }

    /** Adds a rule. */
    record AddRule(Nsg nsg, NsgRule rule) implements NsgChange {
        @Override
        public List<String> commands() {
            return List.of(ruleCommand("create", nsg, rule.name())
                    + " --priority " + rule.priority()
                    + " --direction " + (rule.direction() == Direction.INBOUND ? "Inbound" : "Outbound")
                    + " --access " + (rule.allow() ? "Allow" : "Deny")
                    + " --protocol " + Shell.quote(rule.protocol())
                    + end(" --source-address-prefixes ", rule.sourcePrefixes(), " --source-asgs ", rule.sourceGroups())
                    + " --source-port-ranges " + words(rule.sourcePorts())
                    + end(
                            " --destination-address-prefixes ",
                            rule.destinationPrefixes(),
                            " --destination-asgs ",
                            rule.destinationGroups())
                    + " --destination-port-ranges " + words(rule.destinationPorts()));
        }

        /** A rule names addresses or application security groups, not both. */
        private static String end(String option, List<String> prefixes, String groupOption, List<String> groups) {
            return groups.isEmpty() ? option + words(prefixes) : groupOption + words(groups);
        }

        @Override
        public List<String> undo() {
            return List.of(ruleCommand("delete", nsg, rule.name()));
        }

        @Override
        public List<NsgRule> rulesAfter(List<NsgRule> rules) {
            List<NsgRule> more = new ArrayList<>(rules);
            more.add(rule);
            return more;
        }
    }

    /** Moves a rule to another priority, which must be free. */
    record MoveRule(Nsg nsg, NsgRule rule, int priority) implements NsgChange {
        @Override
        public List<String> commands() {
            return List.of(ruleCommand("update", nsg, rule.name()) + " --priority " + priority);
        }

        @Override
        public List<String> undo() {
            return List.of(ruleCommand("update", nsg, rule.name()) + " --priority " + rule.priority());
        }

        @Override
        public List<NsgRule> rulesAfter(List<NsgRule> rules) {
            return replaced(rules, rule, one -> List.of(one.withPriority(priority)));
        }
    }

    /** Deletes a rule. */
    record DeleteRule(Nsg nsg, NsgRule rule) implements NsgChange {
        @Override
        public List<String> commands() {
            return List.of(ruleCommand("delete", nsg, rule.name()));
        }

        @Override
        public List<String> undo() {
            return new AddRule(nsg, rule).commands();
        }

        @Override
        public List<NsgRule> rulesAfter(List<NsgRule> rules) {
            return replaced(rules, rule, one -> List.of());
        }
    }

    private static List<NsgRule> replaced(List<NsgRule> rules, NsgRule rule, Function<NsgRule, List<NsgRule>> by) {
        return rules.stream()
                .flatMap(one -> one.name().equals(rule.name()) && one.direction() == rule.direction()
                        ? by.apply(one).stream()
                        : Stream.of(one))
                .toList();
    }

    private static String ruleCommand(String verb, Nsg nsg, String rule) {
        return "az network nsg rule " + verb + " --resource-group "
                + (nsg.resourceGroup().isEmpty() ? "\"$NSG_RESOURCE_GROUP\"" : Shell.quote(nsg.resourceGroup()))
                + " --nsg-name " + Shell.quote(nsg.name()) + " --name " + Shell.quote(rule);
    }

    private static String words(List<String> values) {
        return String.join(" ", values.stream().map(Shell::quote).toList());
    }
}
