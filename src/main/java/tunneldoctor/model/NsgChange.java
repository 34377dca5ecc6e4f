package tunneldoctor.model;

import java.util.List;

/** A change to a network security group. */
public sealed interface NsgChange extends FactChange {
    Nsg nsg();

    /** Adds a rule. */
    record AddRule(Nsg nsg, NsgRule rule) implements NsgChange {
        @Override
        public List<String> commands() {
            return List.of(ruleCommand("create", nsg, rule.name())
                    + " --priority " + rule.priority()
                    + " --direction " + (rule.direction() == Direction.INBOUND ? "Inbound" : "Outbound")
                    + " --access " + (rule.allow() ? "Allow" : "Deny")
                    + " --protocol " + Shell.quote(rule.protocol())
                    + " --source-address-prefixes " + words(rule.sourcePrefixes())
                    + " --source-port-ranges " + words(rule.sourcePorts())
                    + " --destination-address-prefixes " + words(rule.destinationPrefixes())
                    + " --destination-port-ranges " + words(rule.destinationPorts()));
        }

        @Override
        public List<String> undo() {
            return List.of(ruleCommand("delete", nsg, rule.name()));
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
