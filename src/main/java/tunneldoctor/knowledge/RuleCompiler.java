package tunneldoctor.knowledge;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.drools.compiler.builder.impl.KnowledgeBuilderConfigurationImpl;
import org.drools.compiler.compiler.io.memory.MemoryFileSystem;
import org.drools.model.codegen.execmodel.JavaParserCompiler;
import org.drools.model.codegen.execmodel.ModelBuilderImpl;
import org.drools.model.codegen.execmodel.ModelWriter;
import org.drools.model.codegen.execmodel.PackageSources;
import org.jspecify.annotations.Nullable;
import org.kie.api.io.Resource;
import org.kie.api.io.ResourceType;
import org.kie.internal.builder.KnowledgeBuilder;
import org.kie.internal.builder.KnowledgeBuilderError;
import org.kie.internal.builder.KnowledgeBuilderFactory;
import org.kie.internal.io.ResourceFactory;
import org.kie.memorycompiler.CompilationProblem;
import org.kie.memorycompiler.CompilationResult;
import org.kie.util.maven.support.ReleaseIdImpl;
import tunneldoctor.model.Cause;

/**
 * Turns one rule file into the classes of an executable model. Drools' compilers share state, so one file is compiled at a
 * time in a process. The order matters: Drools evaluates parts of a file while it builds it, so nothing is built that the
 * policy has not passed.
 */
final class RuleCompiler {
    private static final Object ONE_AT_A_TIME = new Object();

    private RuleCompiler() {}

    /** Empty if there was any problem, all of which are added. */
    static Optional<CompiledRules> compile(RuleFile file, List<RuleProblem> problems) {
        synchronized (ONE_AT_A_TIME) {
            try {
                return compileChecked(file, problems);
            } catch (RuntimeException unforeseen) {
                problems.add(file.problem("the file is beyond what can be checked", "Compare with another file."));
                return Optional.empty();
            } catch (StackOverflowError tooDeep) {
                problems.add(file.problem("the rules are nested too deeply", "Split the conditions."));
                return Optional.empty();
            }
        }
    }

    private static Optional<CompiledRules> compileChecked(RuleFile file, List<RuleProblem> problems) {
        Optional<RulePolicy> policy = checked(file, problems);
        if (policy.isEmpty()) {
            return Optional.empty();
        }
        List<String> messages = new ArrayList<>();
        Optional<CompiledRules> compiled = build(file, policy.get().cause(), messages);
        if (compiled.isEmpty()) {
            List<RuleProblem> reported = withLines(file);
            problems.addAll(
                    reported.isEmpty()
                            ? List.of(file.problem(
                                    messages.isEmpty() ? "the rules do not compile" : firstLine(messages.get(0)),
                                    "Compare the types on both sides of each comparison."))
                            : reported);
            return Optional.empty();
        }
        List<String> outside = Cage.outside(compiled.get().classes());
        if (!outside.isEmpty()) {
            problems.add(file.problem(
                    "the rules use " + String.join(", ", outside) + ", which is out of reach for rules",
                    "Use the facts' own fields and methods, and Conclude."));
            return Optional.empty();
        }
        return compiled;
    }

    /** The rules of a file as far as they can be read, without building anything; what is wrong is added. */
    static List<ParsedRule> rules(RuleFile file, List<RuleProblem> problems) {
        try {
            List<RuleProblem> found = new ArrayList<>();
            List<ParsedRule> rules = read(file, found).map(RulePolicy::rules).orElse(List.of());
            problems.addAll(found);
            return rules;
        } catch (RuntimeException | StackOverflowError toldByCompile) {
            return List.of();
        }
    }

    private static Optional<RulePolicy> read(RuleFile file, List<RuleProblem> problems) {
        Optional<RulePolicy> policy = RuleSyntax.parse(file, problems).map(parsed -> new RulePolicy(file, parsed));
        policy.ifPresent(known -> problems.addAll(known.check()));
        return policy;
    }

    /** Empty if anything is wrong with the text of the file, all of which is added to the problems. */
    private static Optional<RulePolicy> checked(RuleFile file, List<RuleProblem> problems) {
        List<RuleProblem> found = new ArrayList<>();
        Optional<RulePolicy> policy = read(file, found);
        found.sort(Comparator.comparingInt(RuleProblem::line).thenComparingInt(RuleProblem::column));
        problems.addAll(found);
        return found.isEmpty() ? policy : Optional.empty();
    }

    /** Empty if Drools refused the file; the policy must have passed it before. */
    static Optional<CompiledRules> build(RuleFile file, Optional<Cause> cause, List<String> messages) {
        ClassLoader loader = RuleCompiler.class.getClassLoader();
        MemoryFileSystem sources = new MemoryFileSystem();
        MemoryFileSystem classes = new MemoryFileSystem();
        ModelWriter.Result written;
        try {
            KnowledgeBuilderConfigurationImpl configuration = KnowledgeBuilderFactory.newKnowledgeBuilderConfiguration(
                            null, loader)
                    .as(KnowledgeBuilderConfigurationImpl.KEY);
            ModelBuilderImpl<PackageSources> builder = new ModelBuilderImpl<>(
                    PackageSources::dumpSources,
                    configuration,
                    new ReleaseIdImpl("tunneldoctor", file.id(), "1"),
                    false);
            builder.batch().add(resource(file), ResourceType.DRL).build();
            if (builder.hasErrors()) {
                builder.getErrors().forEach(error -> messages.add(error.getMessage()));
                return Optional.empty();
            }
            written = new ModelWriter().writeModel(sources, builder.getPackageSources());
            written.getSourceFiles().forEach(source -> withoutDates(sources, source));
        } catch (RuntimeException e) {
            messages.add("a value does not fit its field: " + e.getMessage());
            return Optional.empty();
        }
        CompilationResult result = JavaParserCompiler.getCompiler()
                .compile(written.getSourceFiles().toArray(String[]::new), sources, classes, loader);
        for (CompilationProblem problem : result.getErrors()) {
            messages.add(problem.getMessage());
        }
        if (result.getErrors().length > 0 || written.getModelFiles().size() != 1) {
            return Optional.empty();
        }
        Map<String, byte[]> byName = new LinkedHashMap<>();
        classes.getMap().forEach((path, bytes) -> {
            String name = path.asString();
            byName.put(name.substring(0, name.length() - ".class".length()).replace('/', '.'), bytes);
        });
        return Optional.of(new CompiledRules(
                written.getModelFiles().get(0), Runtime.version().feature(), cause, Map.copyOf(byName)));
    }

    /**
     * Takes the reader of dates out of the model where no rule has a date. To make it is a fiftieth of a fresh process's
     * time.
     */
    private static void withoutDates(MemoryFileSystem sources, String source) {
        String text = new String(sources.getBytes(source), StandardCharsets.UTF_8);
        int name = text.indexOf(DATES);
        int end = text.indexOf(';', name);
        if (name >= 0 && end >= 0 && text.indexOf(DATES, name + 1) < 0) {
            int value = name + DATES.length();
            sources.write(
                    source,
                    (text.substring(0, value) + " = null" + text.substring(end)).getBytes(StandardCharsets.UTF_8),
                    true);
        }
    }

    private static Resource resource(RuleFile file) {
        Resource resource = ResourceFactory.newReaderResource(new StringReader(file.text()), "UTF-8");
        resource.setSourcePath(file.relative());
        resource.setResourceType(ResourceType.DRL);
        return resource;
    }

    /**
     * The same file through Drools' classic builder, which knows the lines and goes on after the first error. Nothing it
     * builds is run.
     */
    private static List<RuleProblem> withLines(RuleFile file) {
        Collection<KnowledgeBuilderError> errors;
        try {
            KnowledgeBuilder builder = KnowledgeBuilderFactory.newKnowledgeBuilder(
                    KnowledgeBuilderFactory.newKnowledgeBuilderConfiguration(
                            null, RuleCompiler.class.getClassLoader()));
            builder.add(resource(file), ResourceType.DRL);
            errors = new ArrayList<>(builder.getErrors());
        } catch (RuntimeException e) {
            return List.of();
        }
        return errors.stream()
                .map(error -> file.problemOnLine(
                        error.getLines().length == 0 ? 0 : error.getLines()[0], readable(error.getMessage()), ""))
                .distinct()
                .sorted(Comparator.comparingInt(RuleProblem::line))
                .toList();
    }

    /** What Drools calls the reader of dates that it gives every model. */
    private static final String DATES = "DATE_TIME_FORMATTER";

    private static final Pattern COMPILER_LINE = Pattern.compile(".*?\\(\\d+:\\d+\\) : (.*)");

    /** Drools' first words say where, which the place says already; the compiler's own sentence says what. */
    private static String readable(String message) {
        return message.lines()
                .map(COMPILER_LINE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse(firstLine(message));
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "the rules do not compile"
                : message.lines().findFirst().orElse("").strip();
    }
}
