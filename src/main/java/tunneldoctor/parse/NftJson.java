package tunneldoctor.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

    private final NodeDocument document;
    private final FactsBuilder facts;
    private final NftTables tables;

    /** Elements of named sets by {@code family table name}; absent where they change by themselves. */
    private final Map<String, JsonNode> sets = new HashMap<>();

    NftJson(NodeDocument document, FactsBuilder facts, NftTables tables) {
        this.document = document;
        this.facts = facts;
        this.tables = tables;
    }

    void read() {
        JsonNode objects;
        try {
            objects = JSON.readTree(document.text()).path("nftables");
        } catch (JsonProcessingException e) {
            tables.brokenOff();
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            facts.problem(
                    document.at(line, ""),
                    "the ruleset is not whole JSON",
                    "Give the whole output of nft -j list ruleset");
            return;
        }
        if (!objects.isArray()) {
            tables.brokenOff();
            facts.problem(document.at(1, ""), "no ruleset of nftables", "Give the whole output of nft -j list ruleset");
            return;
        }
        // Sets may stand behind the rules that name them.
        for (JsonNode object : objects) {
            JsonNode set = object.has("set") ? object.path("set") : object.path("map");
            boolean moving = set.has("timeout")
                    || set.path("flags").toString().contains("dynamic")
                    || set.path("flags").toString().contains("timeout");
            if (set.has("name") && !moving) {
                sets.put(place(set) + " " + set.path("name").asText(), set.path("elem"));
            }
        }
        for (JsonNode object : objects) {
            object(object);
        }
    }

    private static String place(JsonNode member) {
        return member.path("family").asText() + " " + member.path("table").asText();
    }

    private void object(JsonNode object) {
        if (object.has("table")) {
            JsonNode table = object.path("table");
            tables.table(table.path("family").asText(), table.path("name").asText());
        } else if (object.has("chain")) {
            JsonNode chain = object.path("chain");
            tables.table(chain.path("family").asText(), chain.path("table").asText());
            tables.chain(chain.path("name").asText(), at(object));
            if (chain.has("hook")) {
                tables.hook(
                        chain.path("type").asText(),
                        chain.path("hook").asText(),
                        Optional.of(chain.path("prio").asInt()));
                tables.policy(chain.path("policy").asText("accept"));
            }
        } else if (object.has("rule")) {
            JsonNode rule = object.path("rule");
            tables.table(rule.path("family").asText(), rule.path("table").asText());
            tables.chain(rule.path("chain").asText(), at(object));
            NftRuleDraft draft = new NftRuleDraft();
            for (JsonNode statement : rule.path("expr")) {
                statement(statement, place(rule), draft);
            }
            tables.rule(draft, at(object));
        }
    }

    private SourceRef at(JsonNode object) {
        return document.at(0, object.toString());
    }

    private void statement(JsonNode statement, String place, NftRuleDraft draft) {
        String kind = statement.fieldNames().hasNext() ? statement.fieldNames().next() : "";
        JsonNode body = statement.path(kind);
        switch (kind) {
            case "accept", "drop", "return" -> draft.effect(NftRuleDraft.verdict(kind), "");
            case "continue", "counter", "log", "comment" -> {
                // Decides nothing.
            }
            case "jump", "goto" -> draft.effect(kind + " " + body.path("target").asText(), "");
            case "reject" ->
                draft.effect("REJECT", body.path("type").asText().equals("tcp reset") ? "--reject-with tcp-reset" : "");
            case "notrack" -> draft.effect("NOTRACK", "");
            case "dnat", "redirect", "snat", "masquerade", "tproxy" ->
                draft.effect(kind.toUpperCase(java.util.Locale.ROOT), "");
            case "queue" -> draft.effect("NFQUEUE", "");
            case "mangle" -> mangle(body, draft);
            case "limit", "quota" -> draft.open(statement.toString(), Reason.VARIES);
            case "match" -> match(body, place, draft);
            case "vmap" -> verdictMap(body, place, draft);
            case "xt" -> {
                if (body.path("type").asText().equals("target")) {
                    draft.effect(body.path("name").asText(), "");
                } else {
                    draft.open(statement.toString(), Reason.NOT_UNDERSTOOD);
                }
            }
            default -> draft.open(statement.toString(), Reason.NOT_UNDERSTOOD);
        }
    }

    private static void mangle(JsonNode body, NftRuleDraft draft) {
        JsonNode meta = body.path("key").path("meta").path("key");
        if (meta.asText().equals("mark")) {
            JsonNode value = body.path("value");
            draft.effect("MARK", value.isNumber() ? "--set-xmark " + value.asText() + "/0xffffffff" : "unknown");
        }
    }

    /** The field a condition looks at, as nft's text names it; empty if it is none this tool knows. */
    private static String field(JsonNode left) {
        if (left.has("meta")) {
            String key = left.path("meta").path("key").asText();
            return switch (key) {
                case "iifname", "iif", "oifname", "oif" -> key;
                default -> "meta " + key;
            };
        }
        if (left.has("payload")) {
            JsonNode payload = left.path("payload");
            return payload.path("protocol").asText() + " "
                    + payload.path("field").asText();
        }
        if (left.has("ct") && !left.path("ct").has("dir")) {
            return "ct " + left.path("ct").path("key").asText();
        }
        JsonNode fib = left.path("fib");
        if (fib.path("result").asText().equals("type") && fib.path("flags").size() == 1) {
            return "fib " + fib.path("flags").get(0).asText() + " type";
        }
        if (fib.path("result").asText().equals("type") && fib.path("flags").isTextual()) {
            return "fib " + fib.path("flags").asText() + " type";
        }
        return "";
    }

    private void match(JsonNode body, String place, NftRuleDraft draft) {
        String words = body.toString();
        JsonNode left = body.path("left");
        JsonNode right = body.path("right");
        boolean negated = body.path("op").asText().equals("!=");
        if (!negated
                && !body.path("op").asText().equals("==")
                && !body.path("op").asText().equals("in")) {
            draft.open(words, Reason.NOT_UNDERSTOOD);
            return;
        }
        JsonNode masked = left.path("&");
        if (masked.isArray() && masked.size() == 2) {
            String field = field(masked.get(0));
            Optional<String> mask = single(masked.get(1));
            Optional<String> value = single(right);
            boolean known = field.equals("meta mark") || field.equals("ip saddr") || field.equals("ip daddr");
            if (known && mask.isPresent() && value.isPresent()) {
                draft.field(field, List.of(value.get() + "/" + mask.get()), List.of(), negated, words);
            } else if (field.equals("tcp flags")) {
                flags(masked.get(1), right, negated, draft, words);
            } else {
                draft.open(words, Reason.NOT_UNDERSTOOD);
            }
            return;
        }
        String field = field(left);
        Optional<List<String>> values = values(right, place);
        if (field.isEmpty() || values.isEmpty() || field.equals("tcp flags")) {
            boolean state = left.has("ct") || left.has("fib") || right.asText().startsWith("@");
            draft.open(words, state ? Reason.NOT_SHOWN : Reason.NOT_UNDERSTOOD);
        } else if (values.get().isEmpty()) {
            if (!negated) {
                draft.and(NftRuleDraft.NEVER);
            }
        } else {
            draft.field(field, values.get(), List.of(), negated, words);
        }
    }

    private void flags(JsonNode mask, JsonNode set, boolean negated, NftRuleDraft draft, String words) {
        Optional<List<String>> looked = flagNames(mask);
        Optional<List<String>> wanted = flagNames(set);
        if (looked.isEmpty() || wanted.isEmpty()) {
            draft.open(words, Reason.NOT_UNDERSTOOD);
        } else {
            draft.flags(looked.get(), wanted.get(), negated, words);
        }
    }

    /** {@code "syn"}, {@code ["fin", "syn"]}, {@code {"|": ["fin", "syn"]}} or {@code 0}. */
    private static Optional<List<String>> flagNames(JsonNode node) {
        if (node.isTextual()) {
            return Optional.of(List.of(node.asText()));
        }
        if (node.isNumber()) {
            return node.asInt() == 0 ? Optional.of(List.of()) : Optional.empty();
        }
        JsonNode list = node.has("|") ? node.path("|") : node;
        List<String> names = new ArrayList<>();
        for (JsonNode one : list) {
            if (!one.isTextual()) {
                return Optional.empty();
            }
            names.add(one.asText());
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private void verdictMap(JsonNode body, String place, NftRuleDraft draft) {
        JsonNode data = body.path("data");
        JsonNode pairs = data.isTextual() ? sets.get(place + " " + named(data)) : data.path("set");
        List<String> values = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        boolean known =
                pairs != null && pairs.isArray() && !field(body.path("key")).isEmpty();
        for (JsonNode pair : known && pairs != null ? pairs : JSON.createArrayNode()) {
            Optional<String> value = pair.size() == 2 ? single(pair.get(0)) : Optional.empty();
            known &= value.isPresent();
            if (value.isPresent()) {
                values.add(value.get());
                targets.add(target(pair.get(1)));
            }
        }
        if (!known || values.isEmpty()) {
            draft.open(body.toString(), Reason.NOT_UNDERSTOOD);
            draft.effect(IptablesTableDraft.UNREADABLE_TARGET, "");
        } else {
            draft.field(field(body.path("key")), values, targets, false, body.toString());
        }
    }

    private static String target(JsonNode verdict) {
        String kind = verdict.fieldNames().hasNext() ? verdict.fieldNames().next() : "";
        if (kind.equals("jump") || kind.equals("goto")) {
            return kind + " " + verdict.path(kind).path("target").asText();
        }
        String known = NftRuleDraft.verdict(kind);
        return known.isEmpty() ? IptablesTableDraft.UNREADABLE_TARGET : known;
    }

    private static String named(JsonNode data) {
        String name = data.asText();
        return name.startsWith("@") ? name.substring(1) : name;
    }

    /** Empty if any value is not one this tool knows; an empty list for a set without elements. */
    private Optional<List<String>> values(JsonNode right, String place) {
        JsonNode list = right;
        if (right.isTextual() && right.asText().startsWith("@")) {
            JsonNode elements = sets.get(place + " " + named(right));
            if (elements == null) {
                return Optional.empty();
            }
            list = elements;
        } else if (right.has("set")) {
            list = right.path("set");
        }
        if (list.isMissingNode()) {
            return Optional.of(List.of());
        }
        List<String> values = new ArrayList<>();
        for (JsonNode one : list.isArray() ? list : JSON.createArrayNode().add(list)) {
            Optional<String> value = single(one);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(values);
    }

    /** A value, prefix or range as the text form writes it. */
    private static Optional<String> single(JsonNode value) {
        if (value.isTextual() || value.isNumber()) {
            return Optional.of(value.asText());
        }
        if (value.has("prefix")) {
            return Optional.of(value.path("prefix").path("addr").asText() + "/"
                    + value.path("prefix").path("len").asInt());
        }
        if (value.path("range").size() == 2) {
            return Optional.of(value.path("range").get(0).asText() + "-"
                    + value.path("range").get(1).asText());
        }
        return Optional.empty();
    }
}
