package tunneldoctor.knowledge;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What compiled rules may touch. The generated classes of honest rules use few types and members outside the vocabulary; a
 * class file that refers to anything else is refused, whatever the rule's text looked like. Kept rules are held to the
 * same list when they are read again.
 */
final class Cage {
    private static final String MODEL = "tunneldoctor.model.";
    private static final Set<String> ANY = Set.of("*");

    /** Members that every object has and no rule needs: the ways to reflection and to other threads' locks. */
    private static final Set<String> NEVER =
            Set.of("getClass", "getDeclaringClass", "wait", "notify", "notifyAll", "finalize", "clone");

    /** Types to members. A type with no members may be named in a signature, nothing more. */
    private static final Map<String, Set<String>> ADMITTED = Map.ofEntries(
            Map.entry("tunneldoctor.knowledge.Conclude", ANY),
            Map.entry("tunneldoctor.knowledge.Conclude$RemedyDraft", ANY),
            Map.entry("java.lang.Object", Set.of("<init>", "equals", "hashCode", "toString")),
            Map.entry("java.lang.String", Names.STRING),
            Map.entry("java.lang.CharSequence", Set.of("length")),
            Map.entry("java.lang.Comparable", Set.of("compareTo")),
            Map.entry("java.lang.Number", Set.of("intValue", "longValue", "doubleValue")),
            Map.entry("java.lang.Integer", Names.BOXES),
            Map.entry("java.lang.Long", Names.BOXES),
            Map.entry("java.lang.Double", Names.BOXES),
            Map.entry("java.lang.Boolean", Names.BOXES),
            Map.entry("java.lang.Character", Names.BOXES),
            Map.entry("java.lang.Math", Set.of("max", "min", "abs")),
            Map.entry("java.lang.Enum", Set.of("<init>", "valueOf", "name", "equals", "compareTo")),
            Map.entry("java.lang.Record", Set.of()),
            Map.entry("java.lang.Throwable", Set.of()),
            Map.entry("java.lang.Exception", Set.of()),
            Map.entry("java.lang.RuntimeException", Set.of("<init>")),
            Map.entry("java.lang.System", Set.of("arraycopy")),
            Map.entry("java.lang.Iterable", Set.of()),
            Map.entry("java.lang.Class", Set.of()),
            Map.entry("java.lang.invoke.MethodHandles", Set.of()),
            Map.entry("java.lang.invoke.MethodHandles$Lookup", Set.of()),
            Map.entry("java.lang.invoke.MethodType", Set.of()),
            Map.entry("java.lang.invoke.CallSite", Set.of()),
            Map.entry("java.lang.invoke.LambdaMetafactory", Set.of("metafactory")),
            Map.entry("java.lang.invoke.StringConcatFactory", Set.of("makeConcatWithConstants")),
            Map.entry("java.io.Serializable", Set.of()),
            Map.entry("java.time.format.DateTimeFormatter", Set.of()),
            Map.entry(
                    "java.time.format.DateTimeFormatterBuilder",
                    Set.of("<init>", "appendPattern", "parseCaseInsensitive", "toFormatter")),
            Map.entry("java.util.Arrays", Set.of("asList")),
            Map.entry("java.util.Collections", Set.of("emptyList")),
            Map.entry("java.util.Collection", Names.COLLECTION),
            Map.entry("java.util.List", Names.COLLECTION),
            Map.entry("java.util.Set", Names.COLLECTION),
            Map.entry("java.util.Map", Names.MAP),
            Map.entry("java.util.Optional", Names.OPTIONAL),
            Map.entry("java.util.Locale", Set.of("ENGLISH")),
            Map.entry("java.util.function.Supplier", Set.of()),
            Map.entry("java.lang.invoke.MethodHandle", Set.of()),
            Map.entry("java.util.regex.Matcher", Set.of("matches")),
            Map.entry("java.util.regex.Pattern", Set.of("compile", "matcher")),
            Map.entry("org.drools.core.rule.consequence.KnowledgeHelper", Set.of("getRule", "insertLogical")),
            Map.entry("org.kie.api.definition.rule.Rule", Set.of()),
            Map.entry("org.kie.api.runtime.rule.FactHandle", Set.of()),
            Map.entry("org.kie.api.runtime.rule.RuleContext", Set.of("getRule", "insertLogical")),
            Map.entry("org.drools.util.DateUtils", Set.of("getDateFormatMask")),
            Map.entry("org.drools.modelcompiler.consequence.DroolsImpl", Set.of("asKnowledgeHelper")),
            Map.entry("org.drools.modelcompiler.util.EvaluationUtil", ANY),
            Map.entry("org.drools.modelcompiler.dsl.pattern.D", Names.PATTERNS),
            Map.entry("org.drools.model.Argument", Set.of()),
            Map.entry("org.drools.model.DSL", Set.of("declarationOf")),
            Map.entry("org.drools.model.DomainClassMetadata", ANY),
            Map.entry("org.drools.model.Drools", Set.of()),
            Map.entry("org.drools.model.Index", Set.of()),
            Map.entry("org.drools.model.Index$ConstraintType", ANY),
            Map.entry("org.drools.model.Model", Set.of()),
            Map.entry("org.drools.model.PatternDSL", Set.of()),
            Map.entry("org.drools.model.PatternDSL$PatternDef", Set.of("bind", "expr")),
            Map.entry("org.drools.model.Rule", Set.of()),
            Map.entry("org.drools.model.RuleItemBuilder", Set.of()),
            Map.entry("org.drools.model.consequences.ConsequenceBuilder", Set.of()),
            Map.entry("org.drools.model.functions.HashedExpression", Set.of()),
            Map.entry("org.drools.model.functions.PredicateInformation", Set.of("<init>", "addRuleNames")),
            Map.entry("org.drools.model.impl.RuleBuilder", Set.of("build", "metadata")),
            Map.entry("org.drools.model.impl.ModelImpl", Set.of("<init>", "setRules", "setGlobals", "addRule")),
            Map.entry("org.drools.model.view.ViewItemBuilder", Set.of()));

    /** Families of types that hold nothing but the shapes of lambdas and the engine's own operators. */
    private static final List<String> FAMILIES = List.of(
            "org.drools.model.functions.Block",
            "org.drools.core.base.accumulators.",
            "org.drools.model.functions.Function",
            "org.drools.model.functions.accumulate.",
            "org.drools.model.functions.Operator",
            "org.drools.model.functions.Predicate",
            "org.drools.model.operators.",
            "org.drools.model.view.",
            "org.drools.model.Variable",
            "org.drools.model.Declaration",
            "org.drools.model.RuleItem");

    /** One type for each number of values a consequence takes; beside {@code execute} they offer to run scripts. */
    private static final String CONSEQUENCE = "org.drools.model.consequences.ConsequenceBuilder$_";

    private Cage() {}

    /** Member names by what they belong to; all of them are free of side effects. */
    private static final class Names {
        static final Set<String> STRING = Set.of(
                "equals",
                "hashCode",
                "isEmpty",
                "isBlank",
                "length",
                "contains",
                "startsWith",
                "endsWith",
                "equalsIgnoreCase",
                "valueOf",
                "compareTo",
                "strip",
                "toString");
        static final Set<String> BOXES = Set.of(
                "valueOf",
                "intValue",
                "longValue",
                "doubleValue",
                "booleanValue",
                "equals",
                "compareTo",
                "TYPE",
                "hashCode");
        static final Set<String> COLLECTION =
                Set.of("isEmpty", "size", "contains", "containsAll", "get", "of", "copyOf");
        static final Set<String> MAP =
                Set.of("isEmpty", "size", "containsKey", "get", "getOrDefault", "keySet", "values");
        static final Set<String> OPTIONAL =
                Set.of("isPresent", "isEmpty", "get", "orElse", "orElseThrow", "of", "empty");
        static final Set<String> PATTERNS = Set.of(
                "accFunction",
                "accumulate",
                "alphaIndexedBy",
                "and",
                "betaIndexedBy",
                "declarationOf",
                "eval",
                "execute",
                "exists",
                "forall",
                "not",
                "on",
                "or",
                "pattern",
                "reactOn",
                "rule",
                "valueOf");

        private Names() {}
    }

    /** Whether rules may refer to a type, by its binary name. */
    static boolean admits(String name) {
        return name.startsWith(MODEL)
                || name.startsWith(CONSEQUENCE)
                || ADMITTED.containsKey(name)
                || FAMILIES.stream().anyMatch(name::startsWith);
    }

    private static boolean admits(String type, String member) {
        if (NEVER.contains(member)) {
            return false;
        }
        if (type.startsWith(MODEL) || FAMILIES.stream().anyMatch(type::startsWith)) {
            return true;
        }
        if (type.startsWith(CONSEQUENCE)) {
            return member.equals("execute");
        }
        Set<String> members = ADMITTED.get(type);
        return members != null && (members.contains(member) || members == ANY);
    }

    /**
     * What the classes of one rule file refer to and may not, as {@code type} or {@code type.member}; empty if they keep
     * to the list. A class file that cannot be read counts as one that does not.
     */
    static List<String> outside(Map<String, byte[]> classes) {
        List<String> outside = new ArrayList<>();
        classes.forEach((name, bytes) -> {
            try {
                scan(new DataInputStream(new ByteArrayInputStream(bytes)), classes, outside);
            } catch (IOException | RuntimeException damaged) {
                outside.add(name);
            }
        });
        return outside.stream().distinct().sorted().toList();
    }

    /** Reads the constant pool (Java virtual machine specification, 4.4), which names all that a class can reach. */
    private static void scan(DataInputStream in, Map<String, byte[]> own, List<String> outside) throws IOException {
        if (in.readInt() != 0xCAFEBABE) {
            throw new IOException("not a class file");
        }
        in.readInt();
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[] tags = new int[count];
        int[] first = new int[count];
        int[] second = new int[count];
        for (int i = 1; i < count; i++) {
            tags[i] = in.readUnsignedByte();
            switch (tags[i]) {
                case 1 -> texts[i] = in.readUTF();
                case 3, 4 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    i++;
                }
                case 7, 8, 16 -> first[i] = in.readUnsignedShort();
                case 9, 10, 11, 12, 18 -> {
                    first[i] = in.readUnsignedShort();
                    second[i] = in.readUnsignedShort();
                }
                case 15 -> {
                    first[i] = in.readUnsignedByte();
                    second[i] = in.readUnsignedShort();
                }
                default -> throw new IOException("constant " + tags[i]);
            }
        }
        for (int i = 1; i < count; i++) {
            if (tags[i] == 7) {
                String type = elementType(texts[first[i]]);
                if (!type.isEmpty() && !own.containsKey(type) && !admits(type)) {
                    outside.add(type);
                }
            } else if (tags[i] == 9 || tags[i] == 10 || tags[i] == 11) {
                String type = elementType(texts[first[first[i]]]);
                String member = texts[first[second[i]]];
                boolean admitted = own.containsKey(type) ? !NEVER.contains(member) : admits(type, member);
                if (!admitted) {
                    outside.add(type + "." + member);
                }
            }
        }
    }

    /** The binary name behind an internal name or an array's descriptor; empty for an array of primitives. */
    private static String elementType(String internal) {
        String name = internal.replace('/', '.');
        if (!name.startsWith("[")) {
            return name;
        }
        int at = name.lastIndexOf('[') + 1;
        return name.charAt(at) == 'L' ? name.substring(at + 1, name.length() - 1) : "";
    }
}
