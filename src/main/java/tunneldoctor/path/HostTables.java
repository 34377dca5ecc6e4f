package tunneldoctor.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tunneldoctor.model.AddressSet;
import tunneldoctor.model.HostChain;
import tunneldoctor.model.HostRule;
import tunneldoctor.model.HostTable;
import tunneldoctor.model.HostVerdict.Mechanism;
import tunneldoctor.model.Match;
import tunneldoctor.model.NftRuleset;

/**
 * The host firewall of one node, put together from the best text there is of each chain: a save or specification over a
 * verbose listing over a plain one, and what is whole over what broke off.
 */
final class HostTables {
    private static final Set<String> TRACKING_TARGETS =
            Set.of("DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "CONNMARK", "CONNSECMARK", "SYNPROXY", "CT");

    /** Tables of iptables, in the order a packet meets those of one hook. */
    static final List<String> NAMES = List.of("raw", "mangle", "nat", "filter", "security");

    /** A chain and the text it was read from. */
    record ChainText(HostChain chain, HostTable table) {
        HostTable.Form form() {
            return table.form();
        }
    }

    /** One table of one backend. */
    static final class Slot {
        private final HostTable.Backend backend;
        private final String name;
        private final Map<String, ChainText> chains = new LinkedHashMap<>();
        private boolean whole;
        private @Nullable Boolean ufwActive;
        private final Map<String, Boolean> ufwEntered = new HashMap<>();

        Slot(HostTable.Backend backend, String name) {
            this.backend = backend;
            this.name = name;
        }

        HostTable.Backend backend() {
            return backend;
        }

        String name() {
            return name;
        }

        /** Whether a chain that is not among the table's does not exist. */
        boolean whole() {
            return whole;
        }

        @Nullable
        ChainText chain(String chainName) {
            return chains.get(chainName);
        }

        Iterable<ChainText> all() {
            return chains.values();
        }

        private void add(HostTable table) {
            for (HostChain chain : table.chains()) {
                ChainText text = new ChainText(chain, table);
                chains.merge(chain.name(), text, (old, fresh) -> QUALITY.compare(fresh, old) < 0 ? fresh : old);
            }
            whole |= table.wholeTable();
        }

        /** Whether the same rules, as nftables counts them, may stand in the table. */
        private boolean mayBe(HostTable table) {
            for (HostChain chain : table.chains()) {
                ChainText known = chains.get(chain.name());
                boolean absent = known == null && (whole || chain.hook().isEmpty());
                if (absent || known != null && count(known.chain()) != count(chain)) {
                    return false;
                }
            }
            return chains.values().stream()
                    .allMatch(text -> text.chain().rules().isEmpty()
                            || table.chain(text.chain().name()).isPresent());
        }

        /** One rule of nftables may be several of the model, at one position. */
        private static int count(HostChain chain) {
            List<HostRule> rules = chain.rules();
            return rules.isEmpty() ? 0 : rules.get(rules.size() - 1).position();
        }

        /** Who writes the chain's rules, told by its name. */
        Mechanism owner(String chainName) {
            if (chainName.startsWith("ufw-") || chainName.startsWith("ufw6-")) {
                return Mechanism.UFW;
            }
            if (chainName.startsWith("cali-")
                    || chainName.startsWith("CILIUM_")
                    || chainName.startsWith("OLD_CILIUM_")
                    || chainName.startsWith("AZURE-NPM")
                    || chainName.startsWith("KUBE-NWPLCY")
                    || chainName.startsWith("KUBE-ROUTER")
                    || chainName.startsWith("KUBE-POD-FW")) {
                return Mechanism.POLICY_ENGINE;
            }
            return Mechanism.IPTABLES;
        }

        /** Whose a base chain's policy is: ufw sets it while it is active. */
        Mechanism policyOwner(String chainName) {
            return name.equals("filter") && ufwEntered.computeIfAbsent(chainName, this::ufwEnters)
                    ? Mechanism.UFW
                    : Mechanism.IPTABLES;
        }

        /** ufw leaves its jumps and its chains behind when it is disabled, but not the rules in them. */
        private boolean ufwEnters(String chainName) {
            if (ufwActive == null) {
                ChainText before = chains.get("ufw-before-input");
                ufwActive = before != null && !before.chain().rules().isEmpty();
            }
            if (!ufwActive) {
                return false;
            }
            ChainText base = chains.get(chainName);
            if (base == null) {
                return false;
            }
            for (HostRule rule : base.chain().rules()) {
                if (rule.target().startsWith("ufw-")) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Better first. */
    private static final Comparator<ChainText> QUALITY =
            Comparator.comparing((ChainText text) -> !text.chain().complete()).thenComparing(ChainText::form);

    private final List<HostTable> given;
    private final Map<HostTable.Backend, Map<String, Slot>> slots = new HashMap<>();
    private final List<Slot> nativeSlots = new ArrayList<>();
    private final boolean otherBackendHinted;
    private final boolean nftShown;
    private final boolean nftCutOff;

    HostTables(List<HostTable> tables, List<NftRuleset> rulesets) {
        given = tables.stream()
                .filter(table -> table.family() == HostTable.Family.IPV4)
                .toList();
        boolean nft = given.stream().anyMatch(table -> table.backend() == HostTable.Backend.NFT);
        boolean legacy = given.stream().anyMatch(table -> table.backend() == HostTable.Backend.LEGACY);
        for (HostTable table : given) {
            // Plain iptables is one of the two; where just one is known, it is taken for the other, and reading one
            // table twice changes no verdict. Where both are known it adds nothing.
            HostTable.Backend backend = table.backend() != HostTable.Backend.UNSTATED
                    ? table.backend()
                    : legacy && !nft ? HostTable.Backend.NFT : HostTable.Backend.UNSTATED;
            if (backend == HostTable.Backend.UNSTATED && nft && legacy && covered(table.name())) {
                continue;
            }
            slot(backend, table.name()).add(table);
        }
        otherBackendHinted = !legacy && given.stream().anyMatch(HostTable::otherBackendHinted);
        nftShown = rulesets.stream().anyMatch(NftRuleset::complete);
        nftCutOff = !nftShown && !rulesets.isEmpty();
        rulesets.forEach(this::addNative);
    }

    private boolean covered(String name) {
        return given.stream()
                        .filter(table -> table.name().equals(name) && table.backend() != HostTable.Backend.UNSTATED)
                        .map(HostTable::backend)
                        .distinct()
                        .count()
                == 2;
    }

    private Slot slot(HostTable.Backend backend, String name) {
        return slots.computeIfAbsent(backend, b -> new LinkedHashMap<>())
                .computeIfAbsent(name, n -> new Slot(backend, n));
    }

    private void addNative(NftRuleset ruleset) {
        for (HostTable table : ruleset.tables()) {
            if (table.family() != HostTable.Family.IPV4) {
                continue;
            }
            Optional<String> compatible = iptablesName(table);
            if (compatible.isPresent()) {
                // iptables-nft keeps its tables in nftables; its own text says more of them than nft does.
                Slot unstated = shown(HostTable.Backend.UNSTATED, compatible.get())
                        ? slot(HostTable.Backend.UNSTATED, compatible.get())
                        : null;
                if (!shown(HostTable.Backend.NFT, compatible.get()) && (unstated == null || !unstated.mayBe(table))) {
                    slot(HostTable.Backend.NFT, compatible.get()).add(table);
                }
            } else {
                Slot slot = new Slot(HostTable.Backend.NFT, table.name());
                slot.add(table);
                nativeSlots.add(slot);
            }
        }
        if (ruleset.complete()) {
            for (String name : NAMES) {
                if (!shown(HostTable.Backend.NFT, name) && !shown(HostTable.Backend.UNSTATED, name)) {
                    slot(HostTable.Backend.NFT, name).whole = true;
                }
            }
        }
    }

    /** The iptables table that a table of nftables is, told by name, family and its base chains' names. */
    private static Optional<String> iptablesName(HostTable table) {
        if (!table.name().startsWith("ip ")) {
            return Optional.empty();
        }
        String name = table.name().substring("ip ".length());
        boolean builtInNames = table.chains().stream()
                .filter(chain -> chain.hook().isPresent())
                .allMatch(chain ->
                        chain.name().equalsIgnoreCase(chain.hook().orElseThrow().name())
                                && Character.isUpperCase(chain.name().charAt(0)));
        return NAMES.contains(name) && builtInNames ? Optional.of(name) : Optional.empty();
    }

    private boolean shown(HostTable.Backend backend, String name) {
        Map<String, Slot> ofBackend = slots.get(backend);
        return ofBackend != null && ofBackend.containsKey(name);
    }

    /** Every backend's table of that name that any text shows. */
    List<Slot> slots(String name) {
        List<Slot> found = new ArrayList<>(2);
        for (HostTable.Backend backend : HostTable.Backend.values()) {
            Map<String, Slot> ofBackend = slots.get(backend);
            if (ofBackend != null && ofBackend.get(name) != null) {
                found.add(ofBackend.get(name));
            }
        }
        return found;
    }

    /** Tables of nftables that no iptables command shows. */
    List<Slot> nativeSlots() {
        return nativeSlots;
    }

    /**
     * Whether some rule has the kernel track connections. It does so for a namespace once a rule asks for a connection's
     * state or translates addresses; a chain of type nat alone is not enough, and without it is never entered.
     */
    boolean tracksConnections() {
        return anyRule(rule -> TRACKING_TARGETS.contains(rule.target())
                || rule.matches().stream().anyMatch(HostTables::asksConnection));
    }

    /**
     * Whether some rule may give connections of these senders another source, so that what comes back is for another
     * address or port.
     *
     * @param leaving whether they leave the node: what it receives is never masqueraded
     */
    boolean translatesSources(AddressSet senders, boolean leaving) {
        return anyRule(rule -> (rule.target().equals("SNAT")
                        || rule.target().equals("NETMAP")
                        || leaving && rule.target().equals("MASQUERADE"))
                && rule.matches().stream().noneMatch(match -> isForOthers(match, senders)));
    }

    private static boolean isForOthers(Match match, AddressSet senders) {
        return match instanceof Match.Source source
                && !source.negated()
                && !source.addresses().overlaps(senders);
    }

    private boolean anyRule(Predicate<HostRule> wanted) {
        Stream<HostChain> natively = nativeSlots.stream()
                .flatMap(slot -> slot.chains.values().stream())
                .map(ChainText::chain);
        return Stream.concat(given.stream().flatMap(table -> table.chains().stream()), natively)
                .flatMap(chain -> chain.rules().stream())
                .anyMatch(wanted);
    }

    private static boolean asksConnection(Match match) {
        return match instanceof Match.ConnectionState
                || match instanceof Match.Connection
                || match instanceof Match.Opaque opaque && asksConnection(opaque.words());
    }

    private static boolean asksConnection(String words) {
        int first = words.startsWith("!") ? 1 : 0;
        first += words.startsWith(" ", first) ? 1 : 0;
        return words.startsWith("ct ", first) || words.startsWith("conn", first);
    }

    List<HostTable> given() {
        return given;
    }

    /** Whether a text warns of legacy tables that no other text shows. */
    boolean otherBackendHinted() {
        return otherBackendHinted;
    }

    /** Whether a whole {@code nft list ruleset} is among the evidence. */
    boolean nftShown() {
        return nftShown;
    }

    /** Whether all that is shown of nftables' rules breaks off, so that any table may be missing. */
    boolean nftCutOff() {
        return nftCutOff;
    }

    /** Whether text of the backend is among the evidence; the unstated one counts as nft's. */
    boolean backendShown(HostTable.Backend backend) {
        return slots.containsKey(backend)
                || backend == HostTable.Backend.NFT && slots.containsKey(HostTable.Backend.UNSTATED);
    }
}
