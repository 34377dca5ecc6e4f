package tunneldoctor.knowledge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.drools.drl.ast.descr.AttributeDescr;
import org.drools.drl.ast.descr.BaseDescr;
import org.drools.drl.ast.descr.ImportDescr;
import org.drools.drl.ast.descr.PackageDescr;
import org.jspecify.annotations.Nullable;

/** What stands before the rules of a file: the package, the types it uses, and nothing else. */
final class RuleHeader {
    private static final String IMPORTABLE =
            "Rules import types of tunneldoctor.model, Conclude, and java.util.List, Set, Map, Collection and Optional.";

    private final RuleFile file;
    private final Places places;
    private final Scope.Reports reports;
    private final Map<String, Class<?>> imports = new LinkedHashMap<>();

    RuleHeader(RuleFile file, Scope.Reports reports) {
        this.file = file;
        this.places = new Places(file);
        this.reports = reports;
    }

    /** The types imported, by their simple names. */
    Map<String, Class<?>> read(PackageDescr rules) {
        if (!rules.getName().equals(file.packageName())) {
            reports.tell(
                    places.of(rules, "package"),
                    rules.getName().isEmpty()
                            ? "the file names no package"
                            : "the package does not fit the file's name",
                    "Write: package " + file.packageName());
        }
        refuseAll(rules.getFunctionImports(), "import", "an import of functions");
        refuseAll(rules.getAccumulateImports(), "import", "an import of functions");
        refuseAll(rules.getGlobals(), "global", "a global");
        refuseAll(rules.getFunctions(), "function", "a function");
        refuseAll(rules.getTypeDeclarations(), "declare", "a declared type");
        refuseAll(rules.getEnumDeclarations(), "declare", "a declared type");
        refuseAll(rules.getEntryPointDeclarations(), "declare", "an entry point");
        refuseAll(rules.getWindowDeclarations(), "declare", "a window");
        if (rules.getUnit() != null) {
            reports.tell(places.of(rules.getUnit(), "unit"), "a rule unit has no place in a rule file", "");
        }
        for (AttributeDescr attribute : rules.getAttributes()) {
            attribute(attribute);
        }
        for (ImportDescr one : rules.getImports()) {
            imported(one);
        }
        return imports;
    }

    private void refuseAll(Iterable<? extends BaseDescr> parts, String keyword, String what) {
        for (BaseDescr part : parts) {
            reports.tell(
                    places.of(part, keyword),
                    what + " has no place in a rule file",
                    "What a fact means for a question belongs into a method of the model; what follows, into a rule.");
        }
    }

    private void imported(ImportDescr one) {
        String target = one.getTarget();
        Optional<Class<?>> type = type(target);
        if (type.isPresent()) {
            imports.put(type.get().getSimpleName(), type.get());
            return;
        }
        boolean wildcard = target.endsWith("*");
        boolean ours = target.startsWith("tunneldoctor.");
        String near = ours
                ? Vocabulary.nearest(target, Vocabulary.importable())
                        .map(name -> "Did you mean '" + name + "'?")
                        .orElse(IMPORTABLE)
                : IMPORTABLE;
        reports.tell(
                places.of(one, "import"),
                ours && !wildcard ? "there is no type " + target : "import of " + target + " is out of reach for rules",
                wildcard ? "Import each type by its name." : near);
    }

    private static Optional<Class<?>> type(String target) {
        @Nullable Class<?> jdk = Vocabulary.IMPORTABLE.get(target);
        if (jdk != null) {
            return Optional.of(jdk);
        }
        if (target.equals(Conclude.class.getName())) {
            return Optional.of(Conclude.class);
        }
        return target.matches("tunneldoctor\\.model\\.\\w+(\\.\\w+)?") ? ofModel(target) : Optional.empty();
    }

    private static Optional<Class<?>> ofModel(String name) {
        int dot = name.lastIndexOf('.');
        for (String binary : List.of(name, name.substring(0, dot) + "$" + name.substring(dot + 1))) {
            try {
                return Optional.of(Class.forName(binary, false, RuleHeader.class.getClassLoader()));
            } catch (ClassNotFoundException | LinkageError absent) {
                // The next spelling may be the right one; without any the import is told.
            }
        }
        return Optional.empty();
    }

    /** Of the words that switch and order rules only {@code dialect "java"} is left. */
    void attribute(AttributeDescr attribute) {
        boolean java = attribute.getName().equals("dialect")
                && attribute.getValue().replace("\"", "").equals("java");
        if (java) {
            return;
        }
        int start = places.start(attribute);
        int name = file.text().lastIndexOf(attribute.getName(), start);
        reports.tell(
                name < 0 ? start : name,
                "'" + attribute.getName() + "' has no place in a rule",
                attribute.getName().equals("dialect")
                        ? "Write: dialect \"java\""
                        : "Rules do not order or switch each other; say the condition with a fact and 'not'.");
    }
}
