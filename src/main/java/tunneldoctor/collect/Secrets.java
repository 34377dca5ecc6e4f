package tunneldoctor.collect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tunneldoctor.model.Tree;

/**
 * Takes secrets out of what was collected: by the name of the field that holds them, and by what they look like wherever
 * they stand. What is taken out leaves {@link #REMOVED}, so that it can be seen that something was there.
 */
final class Secrets {
    static final String REMOVED = "REMOVED";

    /** Fields whose texts are removed whatever they hold, and everything below them. Letters only, lower case. */
    private static final Set<String> FIELDS = Set.of(
            "keydata",
            "customdata",
            "userdata",
            "protectedsettings",
            "protectedsettingsfromkeyvault",
            "kubeconfig",
            "kubeconfigs",
            "sas",
            "sastoken",
            "sasuri",
            "pfx",
            "pkcs",
            "stringdata",
            "clientkeydata",
            "dockerconfigjson",
            "kubectlkubernetesiolastappliedconfiguration",
            "managedfields");

    /** Parts of names of fields, environment variables and options that hold a secret. Letters only, lower case. */
    private static final List<String> TELLING = List.of(
            "password",
            "passwd",
            "passphrase",
            "secret",
            "token",
            "credential",
            "apikey",
            "accesskey",
            "accountkey",
            "sharedkey",
            "primarykey",
            "secondarykey",
            "storagekey",
            "sharedaccess",
            "privatekey",
            "connectionstring",
            "authorization");

    /** Fields with a telling name that only refer to where a secret is, or say how it is used. */
    private static final Set<String> REFERENCES = Set.of(
            "secretname",
            "secretref",
            "secretkeyref",
            "secretnamespace",
            "imagepullsecrets",
            "secrets",
            "serviceaccounttoken",
            "automountserviceaccounttoken",
            "expirationseconds",
            "secretrotation",
            "tokenreview");

    private static final String KEY_NAMES = "password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key"
            + "|account[_-]?key|private[_-]?key|credential|connection[_-]?string";

    /** What replaces a match: the marker, with what the pattern put into its groups around it. */
    private record Look(Pattern pattern, String replacement) {}

    private static final List<Look> LOOKS = List.of(
            new Look(
                    Pattern.compile(
                            "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----))*+(?:-----END [A-Z ]{0,40}-----)?"),
                    REMOVED),
            // Base64 of "-----BEGIN": a certificate or key inside a field of a manifest.
            new Look(Pattern.compile("LS0tLS1CRUdJTi[A-Za-z0-9+/=\\s]{20,}+"), REMOVED),
            new Look(
                    Pattern.compile("\\beyJ[A-Za-z0-9_-]{8,}+\\.[A-Za-z0-9_-]{4,}+(?:\\.[A-Za-z0-9_-]*+){0,3}"),
                    REMOVED),
            new Look(
                    Pattern.compile("(?i)\\b(bearer|basic|sharedkey|sharedaccesssignature) [A-Za-z0-9+/=_.~:%&-]{8,}+"),
                    "$1 " + REMOVED),
            // A colon alone also stands between a service and its port, in comments of iptables rules.
            new Look(
                    Pattern.compile(
                            "(?i)((?:" + KEY_NAMES
                                    + ")[a-z0-9_]{0,20}+(?:=|[\"']?:[ \t]{1,8}|[\"']\\s{0,3}:\\s{0,3})[\"']?)[^\\s\"',;&]{4,}+"),
                    "$1" + REMOVED),
            new Look(
                    Pattern.compile("(?i)(--[a-z0-9-]{0,20}(?:" + KEY_NAMES + ")[ \t]{1,8})[^\\s\"'-][^\\s\"']{3,}+"),
                    "$1" + REMOVED),
            new Look(Pattern.compile("([?&;]sig=)[A-Za-z0-9%+/=_-]{8,}+"), "$1" + REMOVED),
            new Look(Pattern.compile("(://[^/\\s:@\"']{0,100}:)[^/\\s@\"']{1,200}@"), "$1" + REMOVED + "@"),
            // Keys of storage accounts and the like: 64 bytes in base64.
            new Look(Pattern.compile("(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])"), REMOVED),
            // Client secrets of Entra ID applications carry this mark.
            new Look(
                    Pattern.compile(
                            "(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"),
                    REMOVED),
            new Look(Pattern.compile("\\bgh[pousr]_[A-Za-z0-9]{30,}+"), REMOVED));

    private Secrets() {}

    /** The same tree without the secrets in it. */
    static Tree removed(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            return mapping(mapping);
        }
        if (tree instanceof Tree.Sequence sequence) {
            return new Tree.Sequence(
                    sequence.items().stream().map(Secrets::removed).toList(), sequence.line());
        }
        return tree instanceof Tree.Scalar scalar && scalar.quoted()
                ? new Tree.Scalar(removed(scalar.text()), true, scalar.line())
                : tree;
    }

    private static Tree mapping(Tree.Mapping mapping) {
        // Environment variables and parameters keep their name beside their value.
        boolean tellingName = mapping.get("name")
                .map(name -> name instanceof Tree.Scalar scalar && telling(letters(scalar.text())))
                .orElse(false);
        boolean secret = mapping.get("kind")
                .map(kind -> kind instanceof Tree.Scalar scalar && scalar.text().equals("Secret"))
                .orElse(false);
        Map<String, Tree> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, value) -> {
            String letters = letters(key);
            boolean hides = FIELDS.contains(letters)
                    || secret && letters.equals("data")
                    || tellingName && letters.equals("value")
                    || telling(letters) && !REFERENCES.contains(letters);
            entries.put(key, hides ? hidden(value) : removed(value));
        });
        return new Tree.Mapping(entries, mapping.line());
    }

    private static boolean telling(String letters) {
        return TELLING.stream().anyMatch(letters::contains);
    }

    /** Numbers and booleans beside secrets say how long they last or whether there is one, and are kept. */
    private static Tree hidden(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            return scalar.quoted() && !scalar.text().isEmpty() ? new Tree.Scalar(REMOVED, true, scalar.line()) : tree;
        }
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, Tree> entries = new LinkedHashMap<>();
            mapping.entries().forEach((key, value) -> entries.put(key, hidden(value)));
            return new Tree.Mapping(entries, mapping.line());
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<Tree> items = new ArrayList<>();
            sequence.items().forEach(item -> items.add(hidden(item)));
            return new Tree.Sequence(items, sequence.line());
        }
        return tree;
    }

    private static String letters(String name) {
        StringBuilder letters = new StringBuilder(name.length());
        String lower = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'a' && c <= 'z') {
                letters.append(c);
            }
        }
        return letters.toString();
    }

    /** The same text without what looks like a secret. */
    static String removed(String text) {
        String result = text;
        for (Look look : LOOKS) {
            Matcher matcher = look.pattern.matcher(result);
            if (matcher.find()) {
                result = matcher.replaceAll(look.replacement);
            }
        }
        return result;
    }
}
