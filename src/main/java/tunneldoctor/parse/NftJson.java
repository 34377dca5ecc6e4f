package tunneldoctor.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tunneldoctor.model.Match.Opaque.Reason;
import tunneldoctor.model.SourceRef;

/**
 * Reads {@code nft -j list ruleset}.
 *
 * <pre>
 * {"nftables": [{"table": {"family": "inet", "name": "filter"}},
 *  {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
 *  {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [
 *   {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 10250}}, {"accept": null}]}}]}
 * </pre>
 */
final class NftJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Flags of a table that let its chains be entered. */
    private static final List<String> FLAGS = List.of("owner", "persist");

    private static final String WHOLE = "Give the whole output of nft -j list ruleset";

    private final NodeDocument document;
    private final FactsBuilder facts;
    private final NftTables tables;
    private final boolean terse;

    /** Named sets and maps by {@code family table name}; absent where they change by themselves. */
    private final Map<String, NftSet> sets = new HashMap<>();

    /** @param terse whether the command leaves out what sets hold */
    NftJson(NodeDocument document, FactsBuilder facts, NftTables tables, boolean terse) {
        this.document = document;
        this.facts = facts;
        this.tables = tables;
        this.terse = terse;
    }

    void read() {
        JsonNode objects;
        try {
            objects = JSON.readTree(document.text()).path("nftables");
        } catch (JsonProcessingException e) {
            tables.brokenOff();
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            facts.problem(document.at(Math.max(line, 0), ""), "the ruleset is not whole JSON", WHOLE);
            return;
        }
        if (!objects.isArray()) {
            tables.brokenOff();
            facts.problem(document.at(1, ""), "no ruleset of nftables", WHOLE);
            return;
        }
        // Sets may stand behind the rules that name them.
        for (JsonNode object : objects) {
            set(object.has("set") ? object.path("set") : object.path("map"));
        }
        for (JsonNode object : objects) {
            object(object);
        }
    }

    private void set(JsonNode set) {
        String flags = set.path("flags").toString();
        boolean moves = terse || set.has("timeout") || flags.contains("dynamic") || flags.contains("timeout");
        if (set.has("name") && !moves) {
            elements(set.path("elem"))
                    .ifPresent(known ->
                            sets.put(place(set) + " " + set.path("name").asText(), known));
        }
    }

    private static String place(JsonNode member) {
        return member.path("family").asText() + " " + member.path("table").asText();
    }

    private void object(JsonNode object) {
        if (object.has("table")) {
            JsonNode table = object.path("table");
            tables.table(table.path("family").asText(), table.path("name").asText());
            // Some releases print the table's own name in place of its flags.
            List<String> flags = words(table.path("flags")).orElse(List.of());
            if (flags.contains("dormant")) {
                tables.dormant();
            } else if (!FLAGS.containsAll(flags)) {
                tables.perhapsDormant();
            }
        } else if (object.has("chain")) {
            JsonNode chain = object.path("chain");
            tables.table(chain.path("family").asText(), chain.path("table").asText());
            tables.chain(chain.path("name").asText(), at(object));
            if (chain.has("hook")) {
                tables.hook(
                        chain.path("type").asText(),
                        chain.path("hook").asText(),
                        chain.path("prio").isInt()
                                ? Optional.of(chain.path("prio").asInt())
                                : Optional.empty(),
                        words(chain.path("dev")).orElse(List.of()));
                tables.policy(chain.path("policy").asText("accept"));
            }
        } else if (object.has("rule")) {
            JsonNode rule = object.path("rule");
            tables.table(rule.path("family").asText(), rule.path("table").asText());
            tables.chain(rule.path("chain").asText(), at(object));
            NftRuleDraft draft = tables.draft();
            for (JsonNode statement : rule.path("expr")) {
                statement(statement, place(rule), draft);
            }
            tables.rule(draft, at(object));
        }
    }

    private SourceRef at(JsonNode object) {
        return document.at(0, object.toString());
    }

    private static String kind(JsonNode statement) {
        return statement.fieldNames().hasNext() ? statement.fieldNames().next() : "";
    }

    private void statement(JsonNode statement, String place, NftRuleDraft draft) {
        String kind = kind(statement);
        JsonNode body = statement.path(kind);
        switch (kind) {
            case "accept", "drop", "return" -> draft.effect(NftRuleDraft.verdict(kind), "");
            case "continue", "counter", "log", "comment", "flow", "dup", "last" -> {
                // Decides nothing.
            }
            case "jump", "goto" -> draft.effect(kind + " " + body.path("target").asText(), "");
            case "reject" ->
                draft.reject(
                        body.path("type").asText("icmpx"), body.path("expr").asText("port-unreachable"));
            case "notrack" -> draft.effect("NOTRACK", "");
            case "dnat", "redirect", "snat", "masquerade", "tproxy", "synproxy" ->
                draft.effect(kind.toUpperCase(Locale.ROOT), "");
            case "queue" -> draft.effect("NFQUEUE", "");
            case "mangle" -> mangle(statement, draft);
            case "limit", "quota", "ct count", "meter" -> draft.open(statement.toString(), Reason.VARIES);
            case "set" -> {
                if (!body.path("stmt").isMissingNode()) {
                    draft.open(statement.toString(), Reason.VARIES);
                }
            }
            case "ct helper", "ct timeout", "ct expectation", "secmark" -> {
                // Attaches something to the connection.
            }
            case "match" -> match(body, place, draft);
            case "vmap" -> verdictMap(body, place, draft);
            case "xt" -> extension(statement, draft);
            default -> draft.anything(statement.toString());
        }
    }

    private static void extension(JsonNode statement, NftRuleDraft draft) {
        JsonNode body = statement.path("xt");
        String type = body.path("type").asText();
        if (type.equals("match") || type.equals("target")) {
            draft.extension(type.equals("match"), body.path("name").asText());
        } else {
            draft.anything(statement.toString());
        }
    }

    private static void mangle(JsonNode statement, NftRuleDraft draft) {
        JsonNode key = statement.path("mangle").path("key");
        String payload = key.path("payload").path("field").asText();
        if (key.path("meta").path("key").asText().equals("mark")) {
            mark(statement, draft);
        } else if (key.path("ct").path("key").asText().equals("zone")
                || switch (payload) {
                    case "saddr", "daddr", "sport", "dport", "protocol" -> true;
                    default -> false;
                }) {
            draft.anything(statement.toString());
        }
    }

    private static void mark(JsonNode statement, NftRuleDraft draft) {
        Optional<List<String>> changes = changes(statement.path("mangle").path("value"), 0);
        if (changes.isPresent()) {
            changes.get().forEach(change -> draft.effect("MARK", change));
        } else {
            draft.effect("MARK", "unknown");
        }
    }

    /** {@code 1}, the mark itself, or {@code {"^": [{"&": [{"meta": {"key": "mark"}}, 255]}, 1]}}, innermost first. */
    private static Optional<List<String>> changes(JsonNode value, int depth) {
        if (value.isNumber()) {
            return Optional.of(List.of("--set-xmark " + hexadecimal(value) + "/0xffffffff"));
        }
        if (value.path("meta").path("key").asText().equals("mark")) {
            return Optional.of(List.of());
        }
        String operator = kind(value);
        String option = switch (operator) {
            case "&" -> "--and-mark ";
            case "|" -> "--or-mark ";
            case "^" -> "--xor-mark ";
            default -> "";
        };
        JsonNode operands = value.path(operator);
        boolean simple = operands.size() == 2
                && operands.path(1).isNumber()
                && !operands.path(0).isNumber();
        if (option.isEmpty() || !simple || depth > 8) {
            return Optional.empty();
        }
        return changes(operands.path(0), depth + 1).map(before -> {
            List<String> all = new ArrayList<>(before);
            all.add(option + hexadecimal(operands.path(1)));
            return all;
        });
    }

    /** A number as the text form writes marks. */
    private static String hexadecimal(JsonNode number) {
        return String.format(Locale.ROOT, "0x%08x", number.asLong());
    }

    /** The field a condition looks at, as nft's text names it; its kind where this tool does not know it. */
    private static String field(JsonNode left) {
        String kind = kind(left);
        JsonNode body = left.path(kind);
        return switch (kind) {
            case "meta" -> {
                String key = body.path("key").asText();
                yield switch (key) {
                    case "iifname", "iif", "oifname", "oif" -> key;
                    default -> "meta " + key;
                };
            }
            case "payload" ->
                body.has("protocol")
                        ? body.path("protocol").asText() + " "
                                + body.path("field").asText()
                        : "@" + body.path("base").asText();
            case "ct" ->
                "ct "
                        + (body.has("dir") ? body.path("dir").asText() + " " : "")
                        + body.path("key").asText();
            case "fib" ->
                "fib " + String.join(" . ", words(body.path("flags")).orElse(List.of("?"))) + " "
                        + body.path("result").asText();
            case "socket", "rt" -> kind + " " + body.path("key").asText();
            default -> kind;
        };
    }

    /** One field, or those asked about together. */
    private static List<String> fields(JsonNode left) {
        if (!left.has("concat")) {
            return List.of(field(left));
        }
        List<String> fields = new ArrayList<>();
        left.path("concat").forEach(part -> fields.add(field(part)));
        return fields.isEmpty() ? List.of("") : fields;
    }

    private void match(JsonNode body, String place, NftRuleDraft draft) {
        JsonNode left = body.path("left");
        JsonNode right = body.path("right");
        String operator = body.path("op").asText();
        boolean negated = operator.equals("!=");
        JsonNode masked = left.path("&");
        String words = String.join(" . ", fields(masked.size() == 2 ? masked.path(0) : left)) + " " + operator + " "
                + (right.isTextual() ? right.asText() : right.toString());
        if (masked.size() == 2) {
            masked(field(masked.path(0)), masked.path(1), right, operator, draft, words);
            return;
        }
        List<String> fields = fields(left);
        String field = fields.get(0);
        switch (operator) {
            case "in", "!" -> bits(field, right, operator.equals("in"), draft, words);
            case "<", ">", "<=", ">=" -> compared(field, operator, right, draft, words);
            case "==", "!=" -> {
                if (right.isBoolean()) {
                    draft.undecided(field, words);
                } else if (right.isTextual() && right.asText().startsWith("@")) {
                    NftSet set = sets.get(place + " " + named(right));
                    if (set == null) {
                        draft.lookupUnknown(fields, false, words);
                    } else {
                        draft.lookup(fields, set, negated, words);
                    }
                } else {
                    Optional<NftSet> set = right.has("set") ? elements(right.path("set")) : single(field, right);
                    if (set.isPresent()) {
                        draft.lookup(fields, set.get(), negated, words);
                    } else {
                        draft.undecided(field, words);
                    }
                }
            }
            default -> draft.undecided(field, words);
        }
    }

    /** One value; flags that make one value together stand in a list. */
    private static Optional<NftSet> single(String field, JsonNode right) {
        if (field.equals("tcp flags")) {
            return words(right.has("|") ? right.path("|") : right)
                    .map(flags -> NftSet.of(List.of(String.join(",", flags))));
        }
        return keys(right).map(keys -> new NftSet(List.of(new NftSet.Element(keys, ""))));
    }

    private static void masked(
            String field, JsonNode mask, JsonNode right, String operator, NftRuleDraft draft, String words) {
        Optional<String> looked = joined(mask);
        Optional<String> wanted = joined(right);
        boolean negated = operator.equals("!=");
        if (looked.isEmpty() || wanted.isEmpty() || !negated && !operator.equals("==")) {
            draft.undecided(field, words);
        } else {
            draft.masked(field, looked.get(), wanted.get(), negated, words);
        }
    }

    /** {@code "syn"}, {@code ["fin", "syn"]}, {@code {"|": ["fin", "syn"]}}, {@code 0} or an address. */
    private static Optional<String> joined(JsonNode node) {
        return words(node.has("|") ? node.path("|") : node).map(list -> String.join(",", list));
    }

    private static void bits(String field, JsonNode right, boolean any, NftRuleDraft draft, String words) {
        Optional<List<String>> values = words(right.has("|") ? right.path("|") : right);
        if (values.isEmpty() || values.get().isEmpty()) {
            draft.undecided(field, words);
        } else if (field.equals("tcp flags")) {
            // Any of several bits is set if not all of them are clear.
            draft.flags(String.join(",", values.get()), "0x0", any, words);
        } else if (field.equals("ct state")) {
            draft.lookup(List.of(field), NftSet.of(values.get()), !any, words);
        } else if (field.equals("ct status")) {
            draft.status(values.get(), !any, words);
        } else {
            draft.undecided(field, words);
        }
    }

    private static void compared(String field, String operator, JsonNode right, NftRuleDraft draft, String words) {
        boolean port = NftFields.isPort(field);
        if (port && right.isInt()) {
            draft.lookup(List.of(field), NftFields.compared(operator, right.asInt()), false, words);
        } else {
            draft.undecided(field, words);
        }
    }

    private void verdictMap(JsonNode body, String place, NftRuleDraft draft) {
        JsonNode data = body.path("data");
        List<String> fields = fields(body.path("key"));
        String words = String.join(" . ", fields) + " vmap " + (data.isTextual() ? data.asText() : data.toString());
        Optional<NftSet> map = data.isTextual()
                ? Optional.ofNullable(sets.get(place + " " + named(data)))
                : elements(data.path("set"));
        if (map.isPresent() && (map.get().map() || map.get().elements().isEmpty())) {
            draft.lookup(fields, map.get(), false, words);
        } else {
            draft.lookupUnknown(fields, true, words);
        }
    }

    private static String verdict(JsonNode verdict) {
        String kind = kind(verdict);
        return NftRuleDraft.mapped(
                kind.equals("jump") || kind.equals("goto")
                        ? kind + " " + verdict.path(kind).path("target").asText()
                        : kind);
    }

    private static String named(JsonNode data) {
        String name = data.asText();
        return name.startsWith("@") ? name.substring(1) : name;
    }

    /** The elements of a set, or of a map: then each is a pair. Empty if one is nothing this tool knows. */
    private static Optional<NftSet> elements(JsonNode list) {
        List<NftSet.Element> elements = new ArrayList<>();
        for (JsonNode one : list) {
            boolean pair = one.isArray() && one.size() == 2;
            Optional<List<String>> keys = keys(pair ? one.path(0) : one);
            if (keys.isEmpty()) {
                return Optional.empty();
            }
            elements.add(new NftSet.Element(keys.get(), pair ? verdict(one.path(1)) : ""));
        }
        boolean map = elements.stream().anyMatch(element -> !element.verdict().isEmpty());
        boolean mixed =
                map && elements.stream().anyMatch(element -> element.verdict().isEmpty());
        return mixed || list.isValueNode() ? Optional.empty() : Optional.of(new NftSet(elements));
    }

    /** The key of an element, one value per field; an element that expires has none that lasts. */
    private static Optional<List<String>> keys(JsonNode node) {
        if (node.has("elem")) {
            JsonNode element = node.path("elem");
            return element.has("timeout") || element.has("expires") ? Optional.empty() : keys(element.path("val"));
        }
        List<String> keys = new ArrayList<>();
        for (JsonNode part : node.has("concat") ? node.path("concat") : List.of(node)) {
            Optional<String> value = value(part);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            keys.add(value.get());
        }
        return keys.isEmpty() ? Optional.empty() : Optional.of(keys);
    }

    /** A value, prefix or range as the text form writes it. */
    private static Optional<String> value(JsonNode value) {
        if (value.isTextual() || value.isNumber()) {
            return Optional.of(value.asText());
        }
        if (value.has("prefix")) {
            return Optional.of(value.path("prefix").path("addr").asText() + "/"
                    + value.path("prefix").path("len").asText());
        }
        JsonNode range = value.path("range");
        return range.size() == 2
                ? Optional.of(range.path(0).asText() + "-" + range.path(1).asText())
                : Optional.empty();
    }

    /** A word or a list of words; empty if anything else. */
    private static Optional<List<String>> words(JsonNode node) {
        if (node.isValueNode() && !node.isNull()) {
            return Optional.of(List.of(node.asText()));
        }
        List<String> words = new ArrayList<>();
        for (JsonNode one : node) {
            if (!one.isValueNode()) {
                return Optional.empty();
            }
            words.add(one.asText());
        }
        return node.isArray() ? Optional.of(words) : Optional.empty();
    }
}
