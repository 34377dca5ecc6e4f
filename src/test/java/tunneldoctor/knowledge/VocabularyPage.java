package tunneldoctor.knowledge;

import com.github.javaparser.ParserConfiguration;
import com.github.javaparser.StaticJavaParser;
import com.github.javaparser.ast.body.BodyDeclaration;
import com.github.javaparser.ast.body.EnumDeclaration;
import com.github.javaparser.ast.body.MethodDeclaration;
import com.github.javaparser.ast.body.Parameter;
import com.github.javaparser.ast.body.RecordDeclaration;
import com.github.javaparser.ast.body.TypeDeclaration;
import com.github.javaparser.ast.nodeTypes.NodeWithJavadoc;
import com.github.javaparser.javadoc.Javadoc;
import com.github.javaparser.javadoc.JavadocBlockTag;
import com.github.javaparser.javadoc.description.JavadocInlineTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Writes down every word rules may use, from the model's own declarations and Javadoc. */
final class VocabularyPage {
    private static final Path SOURCES = Path.of("src/main/java/tunneldoctor");

    /** Asked of every fact, and said once. */
    private static final Set<String> OF_EVERY_FACT = Set.of("evidence", "nodes", "missing");

    private static final List<String> REPAIRS =
            List.of("HostRepair", "NsgRepair", "FirewallRepair", "SnatRepair", "Verify");

    private final Map<String, TypeDeclaration<?>> model = new TreeMap<>();
    private final StringBuilder text = new StringBuilder();

    private VocabularyPage() {}

    static String write() {
        StaticJavaParser.getParserConfiguration().setLanguageLevel(ParserConfiguration.LanguageLevel.JAVA_17);
        VocabularyPage page = new VocabularyPage();
        page.read();
        page.conclusions();
        page.facts();
        page.repairs();
        return page.text.toString();
    }

    private void read() {
        Vocabulary.importable().stream()
                .filter(name -> name.startsWith(Vocabulary.MODEL))
                .map(name -> name.substring(Vocabulary.MODEL.length()))
                .forEach(name -> {
                    TypeDeclaration<?> type = parse("model/" + name);
                    model.put(name, type);
                    type.getMembers().stream()
                            .filter(TypeDeclaration.class::isInstance)
                            .map(member -> (TypeDeclaration<?>) member)
                            .forEach(nested -> model.put(name + "." + nested.getNameAsString(), nested));
                });
    }

    private static TypeDeclaration<?> parse(String file) {
        try {
            return StaticJavaParser.parse(SOURCES.resolve(file + ".java")).getType(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void conclusions() {
        TypeDeclaration<?> conclude = parse("knowledge/Conclude");
        line("### Conclusions");
        line("");
        line("| word | meaning |");
        line("|---|---|");
        methods(conclude, "Conclude.");
        conclude.getMembers().stream()
                .filter(TypeDeclaration.class::isInstance)
                .forEach(draft -> methods((TypeDeclaration<?>) draft, "."));
    }

    private void methods(TypeDeclaration<?> type, String prefix) {
        type.getMethods().stream()
                .filter(MethodDeclaration::isPublic)
                .forEach(method -> row(prefix + signature(method), meaning(method)));
    }

    private static String signature(MethodDeclaration method) {
        return method.getNameAsString()
                + method.getParameters().stream()
                        .map(VocabularyPage::parameter)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String parameter(Parameter parameter) {
        return parameter.getTypeAsString().equals("Rule")
                ? "drools.getRule()"
                : parameter.getTypeAsString() + (parameter.isVarArgs() ? "…" : "") + " " + parameter.getNameAsString();
    }

    private void facts() {
        List<String> facts = StreamSupport.stream(FactSources.facts().spliterator(), false)
                .map(Class::getSimpleName)
                .sorted()
                .toList();
        line("");
        line("### Facts");
        line("");
        line("Of every fact rules can ask for its `nodes` (names of the nodes it is about), its `evidence` (the places"
                + " that show it) and what is `missing` to settle what it leaves open.");
        facts.forEach(this::fact);
        line("");
        line("### Values in facts");
        reachable(facts).forEach(this::value);
    }

    private void fact(String name) {
        heading(name);
        Class<?> type = ofModel(name);
        line(sentences(declared(name))
                + (Vocabulary.SINGLE.contains(type) ? " There is one at most." : "")
                + " From " + String.join("; ", FactSources.of(type)) + ".");
        line("");
        line("| field | type | meaning |");
        line("|---|---|---|");
        members(name);
    }

    private TypeDeclaration<?> declared(String name) {
        return Optional.ofNullable(model.get(name)).orElseThrow();
    }

    private static Class<?> ofModel(String name) {
        try {
            return Class.forName(Vocabulary.MODEL + name.replace('.', '$'));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private void heading(String name) {
        line("");
        line("#### `" + name + "`");
        line("");
    }

    private void members(String name) {
        TypeDeclaration<?> type = declared(name);
        boolean fact = FactSources.of(ofModel(name)).isEmpty();
        if (type instanceof RecordDeclaration record) {
            record.getParameters().stream()
                    .filter(field -> !field.getTypeAsString().equals("SourceRef"))
                    .forEach(field -> row(
                            field.getNameAsString(),
                            field.getTypeAsString(),
                            parameterWords(record, field.getNameAsString())));
        }
        methodsOf(type, fact);
        if (type instanceof RecordDeclaration record) {
            record.getImplementedTypes().stream()
                    .map(shared -> model.get(shared.getNameAsString()))
                    .filter(shared ->
                            shared != null && !shared.getNameAsString().equals("Fact"))
                    .forEach(shared -> methodsOf(shared, fact));
        }
    }

    private void methodsOf(TypeDeclaration<?> type, boolean everyWord) {
        Set<String> own = type instanceof RecordDeclaration record
                ? record.getParameters().stream()
                        .map(Parameter::getNameAsString)
                        .collect(Collectors.toSet())
                : Set.of();
        type.getMethods().stream()
                .filter(method -> !method.isPrivate() && !method.isStatic())
                .filter(method -> method.isPublic() || method.isDefault())
                .filter(method -> !method.getNameAsString().equals("hashCode"))
                .filter(method -> everyWord || !OF_EVERY_FACT.contains(method.getNameAsString()))
                .filter(method -> !own.contains(method.getNameAsString()))
                .forEach(method -> row(
                        method.getParameters().isEmpty() ? method.getNameAsString() : signature(method),
                        method.getTypeAsString(),
                        meaning(method)));
    }

    private void value(String name) {
        heading(name);
        TypeDeclaration<?> type = declared(name);
        String words = sentences(type);
        if (!words.isEmpty()) {
            line(words);
            line("");
        }
        if (type instanceof EnumDeclaration choice) {
            line("| value | meaning |");
            line("|---|---|");
            choice.getEntries().forEach(entry -> row(entry.getNameAsString(), words(entry.getJavadoc())));
            type.getMethods().stream()
                    .filter(method -> method.isPublic() && !method.isStatic())
                    .forEach(method -> row("." + signature(method), meaning(method)));
        } else {
            line("| field | type | meaning |");
            line("|---|---|---|");
            members(name);
        }
    }

    /** Types of fields, of their fields and so on, as far as the model has them. */
    private Set<String> reachable(List<String> facts) {
        Set<String> found = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(facts);
        while (!open.isEmpty()) {
            String name = open.pop();
            TypeDeclaration<?> type = declared(name);
            Stream<String> types = Stream.concat(
                    type instanceof RecordDeclaration record
                            ? record.getParameters().stream().map(Parameter::getTypeAsString)
                            : Stream.empty(),
                    type.getMethods().stream()
                            .filter(method -> (method.isPublic() || isInterface(type)) && !method.isStatic())
                            .map(MethodDeclaration::getTypeAsString));
            types.flatMap(words -> Stream.of(words.split("[^\\w.]+"))).forEach(word -> {
                for (String full : List.of(name.split("\\.")[0] + "." + word, word)) {
                    if (model.containsKey(full) && !facts.contains(full) && found.add(full)) {
                        open.push(full);
                    }
                }
            });
        }
        return found;
    }

    private static boolean isInterface(TypeDeclaration<?> type) {
        return type.isClassOrInterfaceDeclaration()
                && type.asClassOrInterfaceDeclaration().isInterface();
    }

    private void repairs() {
        line("");
        line("### Repairs and checks");
        line("");
        line("| word | meaning |");
        line("|---|---|");
        for (String name : REPAIRS) {
            TypeDeclaration<?> type = declared(name);
            type.getMethods().stream()
                    .filter(MethodDeclaration::isPublic)
                    .forEach(method -> row(name + "." + signature(method), meaning(method)));
        }
    }

    private void row(String... cells) {
        StringBuilder row = new StringBuilder("|");
        for (int i = 0; i < cells.length; i++) {
            String cell = cells[i].replace("|", "\\|");
            row.append(' ')
                    .append(i == cells.length - 1 || cell.isEmpty() ? cell : "`" + cell + "`")
                    .append(" |");
        }
        line(row.toString());
    }

    private static String meaning(MethodDeclaration method) {
        String described = words(method.getJavadoc());
        String parameters = method.getParameters().stream()
                .map(parameter -> tag(method.getJavadoc(), parameter.getNameAsString())
                        .map(words -> "`" + parameter.getNameAsString() + "`: " + words + ".")
                        .orElse(""))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(" "));
        return (described + " " + parameters).strip();
    }

    private static String parameterWords(RecordDeclaration record, String field) {
        return tag(record.getJavadoc(), field).orElse("");
    }

    private static Optional<String> tag(Optional<Javadoc> javadoc, String parameter) {
        return javadoc.stream()
                .flatMap(doc -> doc.getBlockTags().stream())
                .filter(tag -> tag.getType() == JavadocBlockTag.Type.PARAM
                        && tag.getName().orElse("").equals(parameter))
                .map(tag -> plain(tag.getContent()))
                .findFirst();
    }

    private static String sentences(BodyDeclaration<?> type) {
        return type instanceof NodeWithJavadoc<?> documented ? words(documented.getJavadoc()) : "";
    }

    private static String words(Optional<Javadoc> javadoc) {
        return javadoc.map(doc -> plain(doc.getDescription())).orElse("");
    }

    private static String plain(com.github.javaparser.javadoc.description.JavadocDescription description) {
        String words = description.getElements().stream()
                .map(element -> element instanceof JavadocInlineTag tag
                        ? "`" + tag.getContent().strip().replaceFirst("^.*#", "") + "`"
                        : element.toText())
                .collect(Collectors.joining());
        return words.replaceAll("(?s)<pre>.*?</pre>", "")
                .replaceAll("<[^>]+>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
