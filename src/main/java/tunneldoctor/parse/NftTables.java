package tunneldoctor.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.NftRuleset;
import tunneldoctor.model.SourceRef;

/** The tables of one nftables ruleset while they are being read. */
final class NftTables {
    private final NodeDocument document;
    private final List<Table> tables = new ArrayList<>();
    private @Nullable Table table;
    private @Nullable Chain chain;
    private boolean complete = true;

    private static final class Table {
        final String family;
        final String name;
        final List<Chain> chains = new ArrayList<>();

        Table(String family, String name) {
            this.family = family;
            this.name = name;
        }
    }

    private static final class Chain {
        final String name;
        final SourceRef source;
        final List<HostRule> rules = new ArrayList<>();
        int position;
        boolean complete = true;
        Optional<String> policy = Optional.empty();
        Optional<HostChain.Hook> hook = Optional.empty();

        Chain(String name, SourceRef source) {
            this.name = name;
            this.source = source;
        }
    }

    NftTables(NodeDocument document) {
        this.document = document;
        this.complete = !document.truncatedHead() && !document.truncatedTail();
    }

    void table(String family, String name) {
        chain = null;
        for (Table known : tables) {
            if (known.family.equals(family) && known.name.equals(name)) {
                table = known;
                return;
            }
        }
        table = new Table(family, name);
        tables.add(table);
    }

    void chain(String name, SourceRef source) {
        Table here = table;
        if (here == null) {
            brokenOff();
            return;
        }
        for (Chain known : here.chains) {
            if (known.name.equals(name)) {
                chain = known;
                return;
            }
        }
        chain = new Chain(name, source);
        here.chains.add(chain);
    }

    void hook(String type, String name, Optional<Integer> priority) {
        Chain here = chain;
        if (here != null) {
            here.hook = Optional.of(new HostChain.Hook(type, name, priority.orElse(0)));
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

    void rule(NftRuleDraft draft, SourceRef at) {
        Table in = table;
        Chain here = chain;
        if (in == null || here == null) {
            brokenOff();
            return;
        }
        here.position++;
        here.rules.addAll(draft.build(in.family + " " + in.name, here.name, here.position, at));
    }

    /** Keeps the place of a line that cannot be read. */
    void unreadableRule(SourceRef at) {
        NftRuleDraft draft = new NftRuleDraft();
        draft.open(at.text(), tunneldoctor.model.Match.Opaque.Reason.NOT_UNDERSTOOD);
        draft.effect(IptablesTableDraft.UNREADABLE_TARGET, "");
        if (chain != null) {
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
        for (Table one : tables) {
            // Bridges and ARP are no part of a packet's way between nodes.
            if (one.family.equals("bridge") || one.family.equals("arp")) {
                continue;
            }
            List<HostChain> chains = new ArrayList<>();
            for (Chain c : one.chains) {
                chains.add(new HostChain(c.name, c.policy, c.rules, c.complete, c.source, true, c.hook));
            }
            built.add(new HostTable(
                    document.node(),
                    document.place(),
                    HostTable.Backend.NFT,
                    one.family.equals("ip6") ? HostTable.Family.IPV6 : HostTable.Family.IPV4,
                    one.family + " " + one.name,
                    HostTable.Form.SAVE,
                    chains,
                    complete,
                    false));
        }
        facts.nftRulesets.add(new NftRuleset(document.node(), built, complete, document.at(0, document.command())));
    }
}
