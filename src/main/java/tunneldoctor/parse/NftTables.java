package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.Match;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.SourceRef;

/** The tables of one nftables ruleset while they are being read. */
final class NftTables {
    /** Ways a short text may ask for beside its length: a set of a few hundred elements in a few rules. */
    private static final long WAYS_AT_LEAST = 20_000;

    private final NodeDocument document;
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private @Nullable Table table;
    private @Nullable Chain chain;
    private boolean complete;
    private long waysLeft;

    private static final class Table {
        final String family;
        final String name;
        final Map<String, Chain> chains = new LinkedHashMap<>();
        boolean dormant;
        boolean perhapsDormant;

        Table(String family, String name) {
            this.family = family;
            this.name = name;
        }

        /**
         * A chain's name where it could be taken for one of the model's words for verdicts. Chains of iptables cannot be
         * called so.
         */
        String inModel(String chainName) {
            boolean iptables =
                    family.equals("ip") && !IptablesReader.builtInChains(name).isEmpty();
            boolean word = !iptables
                    && chainName.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '?');
            return word ? '"' + chainName + '"' : chainName;
        }
    }

    private record Rule(NftRuleDraft draft, SourceRef at) {}

    private static final class Chain {
        final String name;
        final SourceRef source;
        final List<Rule> rules = new ArrayList<>();
        boolean complete = true;
        Optional<String> policy = Optional.empty();
        Optional<HostChain.Hook> hook = Optional.empty();

        Chain(String name, SourceRef source) {
            this.name = name;
            this.source = source;
        }
    }

    /** @param whole whether the command asks for every table with all that is in it */
    NftTables(NodeDocument document, boolean whole) {
        this.document = document;
        this.complete = whole && !document.truncatedHead() && !document.truncatedTail();
        this.waysLeft = WAYS_AT_LEAST + document.text().length() / 4;
    }

    void table(String family, String name) {
        chain = null;
        table = tables.computeIfAbsent(family + " " + name, key -> new Table(family, name));
    }

    /** The current table's base chains are not entered by the kernel. */
    void dormant() {
        Table here = table;
        if (here != null) {
            here.dormant = true;
        }
    }

    /** The current table's base chains may be dormant: its flags are printed, but as nothing known. */
    void perhapsDormant() {
        Table here = table;
        if (here != null) {
            here.perhapsDormant = true;
        }
    }

    void chain(String name, SourceRef source) {
        Table here = table;
        if (here == null) {
            brokenOff();
            return;
        }
        chain = here.chains.computeIfAbsent(name, key -> new Chain(name, source));
    }

    /** @param priority empty where it is not a number nor a name this tool knows: then its place in the order is open */
    void hook(String type, String name, Optional<Integer> priority, List<String> devices) {
        Chain here = chain;
        if (here != null) {
            here.hook = Optional.of(new HostChain.Hook(type, name, priority.orElse(0), devices));
            here.complete &= priority.isPresent();
            if (here.policy.isEmpty()) {
                here.policy = Optional.of("ACCEPT");
            }
        }
    }

    void policy(String word) {
        Chain here = chain;
        if (here != null) {
            here.policy = Optional.of(word.toUpperCase(Locale.ROOT));
        }
    }

    /** An empty rule to be filled and given to {@link #rule}. */
    NftRuleDraft draft() {
        Table here = table;
        boolean onlyIpv4 = here != null && here.family.equals("ip");
        // Of iptables-nft: nft prints extensions in its own words where it has some.
        boolean translated = here != null && onlyIpv4 && IptablesSpecification.TABLES.contains(here.name);
        return new NftRuleDraft(onlyIpv4, translated, ways -> {
            waysLeft -= ways;
            return waysLeft >= 0;
        });
    }

    void rule(NftRuleDraft draft, SourceRef at) {
        Chain here = chain;
        if (here == null) {
            brokenOff();
            return;
        }
        here.rules.add(new Rule(draft, at));
    }

    /** Keeps the place of a line that cannot be read. */
    void unreadableRule(SourceRef at) {
        if (chain != null) {
            NftRuleDraft draft = draft();
            draft.anything(at.text());
            rule(draft, at);
        }
    }

    /** Something is missing; the chain being read may have more rules. */
    void brokenOff() {
        complete = false;
        if (chain != null) {
            chain.complete = false;
        }
    }

    /** {@code filter}, {@code -150} or {@code mangle+10}. */
    static Optional<Integer> priority(String text) {
        int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        String name = sign > 0 ? text.substring(0, sign) : text;
        int base;
        switch (name) {
            case "raw" -> base = -300;
            case "mangle" -> base = -150;
            case "dstnat" -> base = -100;
            case "filter" -> base = 0;
            case "security" -> base = 50;
            case "srcnat" -> base = 100;
            default -> {
                return number(text);
            }
        }
        return sign > 0 ? number(text.substring(sign)).map(offset -> base + offset) : Optional.of(base);
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    void addTo(FactsBuilder facts) {
        List<HostTable> built = new ArrayList<>();
        for (Table one : tables.values()) {
            // Bridges and ARP are no part of a packet's way between nodes.
            if (!one.family.equals("bridge") && !one.family.equals("arp")) {
                built.add(build(one));
            }
        }
        facts.nftRulesets.add(new NftRuleset(document.node(), built, complete, document.at(0, document.command())));
    }

    private HostTable build(Table one) {
        String name = one.family + " " + one.name;
        boolean marks = false;
        for (Chain c : one.chains.values()) {
            for (Rule rule : c.rules) {
                marks |= rule.draft().marks();
            }
        }
        List<HostChain> chains = new ArrayList<>();
        for (Chain c : one.chains.values()) {
            List<HostRule> rules = new ArrayList<>();
            String inModel = one.inModel(c.name);
            int position = 0;
            for (Rule rule : c.rules) {
                position++;
                rules.addAll(rule.draft().build(name, inModel, position, rule.at(), one::inModel, marks));
            }
            Optional<HostChain.Hook> hook = c.hook.filter(at -> !one.dormant);
            HostChain chain = new HostChain(inModel, c.policy, rules, c.complete, c.source, true, hook);
            if (hook.isPresent() && one.perhapsDormant) {
                chains.addAll(perhapsEntered(name, chain, "whether the table is dormant"));
            } else if (hook.isPresent() && lacksDevice(hook.get())) {
                chains.addAll(perhapsEntered(name, chain, "the device that the chain is for"));
            } else {
                chains.add(chain);
            }
        }
        return new HostTable(
                document.node(),
                document.place(),
                HostTable.Backend.NFT,
                one.family.equals("ip6") ? HostTable.Family.IPV6 : HostTable.Family.IPV4,
                name,
                HostTable.Form.SAVE,
                chains,
                complete,
                false);
    }

    /** Only chains of one device have these hooks, but not every nft prints which. */
    private static boolean lacksDevice(HostChain.Hook hook) {
        return hook.devices().isEmpty()
                && (hook.name().equals("ingress") || hook.name().equals("egress"));
    }

    /** The chain behind one that may enter it or not. */
    private static List<HostChain> perhapsEntered(String table, HostChain chain, String words) {
        String inner = chain.name() + " if entered";
        String end = chain.policy().orElse("ACCEPT");
        List<HostRule> rules = new ArrayList<>(chain.rules());
        rules.add(new HostRule(table, chain.name(), 0, List.of(), end, "", false, "", chain.source()));
        Match unknown = new Match.Opaque(words, Match.Opaque.Reason.NOT_SHOWN);
        HostRule enter = new HostRule(table, chain.name(), 0, List.of(unknown), inner, "", false, "", chain.source());
        return List.of(
                new HostChain(
                        chain.name(), Optional.of("ACCEPT"), List.of(enter), true, chain.source(), true, chain.hook()),
                new HostChain(
                        inner, Optional.empty(), rules, chain.complete(), chain.source(), true, Optional.empty()));
    }
}
