package tunneldoctor.knowledge;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import org.drools.base.definitions.InternalKnowledgePackage;
import org.drools.kiesession.rulebase.InternalKnowledgeBase;
import org.drools.kiesession.rulebase.KnowledgeBaseFactory;
import org.drools.model.Model;
import org.drools.modelcompiler.KiePackagesBuilder;
import org.kie.api.KieBase;
import org.kie.api.KieBaseConfiguration;
import org.kie.api.KieServices;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.KieSessionsPool;
import org.kie.api.runtime.rule.ConsequenceException;
import tunneldoctor.model.Cause;
import tunneldoctor.model.CausePage;
import tunneldoctor.model.Conclusion;

/**
 * The rules of a directory, ready to draw conclusions from facts. Safe for use by several threads at once.
 *
 * <p>Every {@code .drl} file below the directory holds one cause; files named {@code shared-*.drl}, or in a directory
 * {@code shared}, hold inferences other files use. What a file may say is narrow and is checked before anything in it
 * runs: see {@code README.md}, section on adding a cause.
 */
public final class RuleBase {
    /** Long enough for thousands of nodes, short enough that nobody takes the tool for hung. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Firings per fact, and some for small inputs: the shipped rules need about one per fact. */
    private static final int FIRINGS_PER_FACT = 20;

    private static final int FIRINGS_AT_LEAST = 1000;

    /** Spares Drools reading files about the steps of business processes, of which we have none. */
    private static final Properties NO_WORK_ITEMS = new Properties();

    static {
        NO_WORK_ITEMS.setProperty("drools.workDefinitions", "");
        NO_WORK_ITEMS.setProperty("drools.workItemHandlers", "");
    }

    private final Path directory;
    private final Path cacheDirectory;
    private final List<LoadedRules> loaded;
    private final Map<String, RuleFile> files;
    private final List<Cause> causes;
    private final KieSessionsPool sessions;
    private final int compiled;
    private final RuleReading reading;
    private final boolean shipped;

    private RuleBase(Path directory, Path cacheDirectory, RuleLoading.Result loading) throws RuleBaseException {
        this.directory = directory;
        this.cacheDirectory = cacheDirectory;
        this.loaded = List.copyOf(loading.files());
        this.files = new HashMap<>();
        List<Cause> declared = new ArrayList<>();
        for (LoadedRules rules : loaded) {
            files.put(rules.file().id(), rules.file());
            rules.rules().cause().ifPresent(declared::add);
        }
        declared.sort(Comparator.comparing(Cause::id));
        this.causes = List.copyOf(declared);
        this.sessions = pool(directory, loaded.stream().map(LoadedRules::model).toList());
        this.compiled = loading.compiled();
        this.reading = new RuleReading(loaded);
        this.shipped = loaded.stream().allMatch(known -> known.rules().classes().isEmpty());
    }

    /**
     * Loads every rule file below a directory. A file that is as it was shipped, or as it was in an earlier run, is not
     * compiled again.
     *
     * @param cacheDirectory where compiled rules are kept; created where needed, and done without where it cannot be used
     * @throws RuleBaseException with every problem of every file
     */
    public static RuleBase load(Path rulesDirectory, Path cacheDirectory) throws RuleBaseException {
        return load(rulesDirectory, cacheDirectory, List.of());
    }

    /**
     * Loads the same directory again, and takes over what has not changed. For a program that stays while rules are
     * edited; this one remains usable.
     *
     * @throws RuleBaseException with every problem of every file
     */
    public RuleBase reload() throws RuleBaseException {
        return load(directory, cacheDirectory, loaded);
    }

    private static RuleBase load(Path rulesDirectory, Path cacheDirectory, List<LoadedRules> earlier)
            throws RuleBaseException {
        // Drools looks for its parts when it is first asked for one, which may go on while the rules are loaded.
        Thread early = new Thread(RuleBase::findParts, "drools");
        early.setDaemon(true);
        early.start();
        RuleLoading.Result loaded = RuleLoading.load(rulesDirectory, cacheDirectory, earlier);
        return new RuleBase(rulesDirectory, cacheDirectory, loaded);
    }

    /**
     * Compiles every rule file below a directory into classes and manifests that {@link #load} finds on the class path.
     * For the build of the tool itself.
     *
     * @param output root of a class path
     */
    public static void precompile(Path rulesDirectory, Path output) throws RuleBaseException, IOException {
        List<RuleProblem> problems = new ArrayList<>();
        List<RuleFile> files = RuleLoading.readAll(rulesDirectory, problems);
        Map<RuleFile, CompiledRules> compiled = new LinkedHashMap<>();
        for (RuleFile file : files) {
            RuleCompiler.compile(file, problems).ifPresent(rules -> compiled.put(file, rules));
        }
        if (!problems.isEmpty()) {
            throw new RuleBaseException(problems);
        }
        BuiltInRules.write(output, compiled);
    }

    private static void findParts() {
        try {
            KieSession session = kieBase(List.of()).newKieSession();
            session.fireAllRules();
            session.dispose();
        } catch (RuntimeException again) {
            // Whoever needs the part meets the same, and can say what it means.
            return;
        }
    }

    private static KieSessionsPool pool(Path directory, List<Model> models) throws RuleBaseException {
        try {
            KieSessionsPool pool = kieBase(models).newKieSessionsPool(1);
            // The first session takes as long as a small run, and the facts are still being read.
            pool.newKieSession().dispose();
            return pool;
        } catch (RuntimeException e) {
            throw new RuleBaseException(List.of(
                    new RuleProblem(directory, 0, 0, "", "the rules do not fit together: " + e.getMessage(), "")));
        }
    }

    private static KieBase kieBase(List<Model> models) {
        KieBaseConfiguration configuration =
                KieServices.get().newKieBaseConfiguration(NO_WORK_ITEMS, RuleBase.class.getClassLoader());
        InternalKnowledgeBase rules = KnowledgeBaseFactory.newKnowledgeBase(configuration);
        // What does not depend on the other files goes on at once.
        List<ForkJoinTask<Collection<InternalKnowledgePackage>>> packages = new ArrayList<>();
        for (Model model : models) {
            packages.add(ForkJoinPool.commonPool()
                    .submit(() -> new KiePackagesBuilder(configuration, new WithoutUpdates(), List.of(model))
                            .build()
                            .getKiePackages()));
        }
        packages.forEach(made -> rules.addPackages(made.join()));
        return rules;
    }

    /** Every cause the rules know, by id. */
    public List<Cause> causes() {
        return causes;
    }

    /** Whether there is a file of this name: a cause, or shared inferences. */
    public boolean knows(String id) {
        return files.containsKey(id);
    }

    /** What the rules say of each cause, by id, without its samples. */
    public List<CausePage> pages() {
        return causes.stream()
                .flatMap(cause ->
                        Optional.ofNullable(files.get(cause.id())).stream().map(file -> RulePages.of(file, cause)))
                .toList();
    }

    /** How many files had to be compiled, as neither the tool nor the cache held them. */
    int compiled() {
        return compiled;
    }

    /**
     * Everything the rules conclude from the facts, each conclusion once, in an order that depends on the conclusions
     * alone.
     *
     * @param facts model records of any kinds, in any order
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public List<Conclusion> conclude(Collection<?> facts) throws RuleBaseException {
        return conclude(facts, PATIENCE);
    }

    List<Conclusion> conclude(Collection<?> facts, Duration patience) throws RuleBaseException {
        return run(facts, patience, (session, firing) -> conclusions(session));
    }

    /**
     * As {@link #conclude}, for questions of how the rules came to it.
     *
     * @throws RuleBaseException if a rule fails or does not come to an end
     */
    public Examination examine(Collection<?> facts) throws RuleBaseException {
        return run(
                facts,
                PATIENCE,
                (session, firing) ->
                        new Examination(conclusions(session), reading, known(facts, session), firing.counts()));
    }

    /** The facts in their order, then what was inferred, in an order of its own: the session keeps none. */
    private static List<Object> known(Collection<?> facts, KieSession session) {
        Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Object> ordered = new ArrayList<>();
        for (Object fact : facts) {
            if (known.add(fact)) {
                ordered.add(fact);
            }
        }
        session.getObjects(object -> !(object instanceof Conclusion) && !known.contains(object)).stream()
                .sorted(Comparator.comparing(Object::toString))
                .forEach(ordered::add);
        ordered.addAll(conclusions(session));
        return ordered;
    }

    /**
     * What of the rules is exercised, to be filled by {@link Examination#exercise}.
     *
     * @param ids of causes or shared inferences; empty for all there are
     */
    public ConditionCoverage coverage(Collection<String> ids) {
        List<RulePremises> rules = ids.isEmpty()
                ? reading.all()
                : ids.stream().flatMap(id -> reading.of(id).stream()).toList();
        return new ConditionCoverage(rules);
    }

    /** The rules of one file as they can be followed by hand; empty if there is no such file. */
    List<RulePremises> premises(String id) {
        return reading.of(id);
    }

    private interface Outcome<T> {
        T of(KieSession session, Firing firing);
    }

    private static List<Conclusion> conclusions(KieSession session) {
        List<Conclusion> conclusions = new ArrayList<>();
        for (Object object : session.getObjects(Conclusion.class::isInstance)) {
            conclusions.add((Conclusion) object);
        }
        return ConclusionOrder.sorted(conclusions);
    }

    /** Rules as they were shipped are tested; others get a guard, which costs each run the change of threads. */
    private <T> T run(Collection<?> facts, Duration patience, Outcome<T> outcome) throws RuleBaseException {
        KieSession session = sessions.newKieSession();
        if (shipped) {
            return run(facts, patience, outcome, session);
        }
        try {
            return GuardedRun.within(
                    patience.plus(patience.dividedBy(2)),
                    () -> run(facts, patience, outcome, session),
                    at -> busyWith(at, session));
        } catch (GuardedRun.Stuck stuck) {
            session.halt();
            throw runaway(stuck.busyWith(), stuck.how());
        }
    }

    /** The rule whose condition was being asked; where none was, the one whose turn it was. */
    private String busyWith(StackTraceElement[] at, KieSession session) {
        return loaded.stream()
                .flatMap(rules -> AskedCondition.ruleAt(at, rules.model()).stream())
                .findFirst()
                .orElseGet(() -> AskedCondition.ruleNext(session));
    }

    private <T> T run(Collection<?> facts, Duration patience, Outcome<T> outcome, KieSession session)
            throws RuleBaseException {
        try {
            for (Object fact : facts) {
                session.insert(fact);
            }
            Firing firing = new Firing(session, patience);
            int limit = FIRINGS_AT_LEAST + FIRINGS_PER_FACT * facts.size();
            int fired = session.fireAllRules(firing, limit);
            if (firing.expired() || fired == limit && session.fireAllRules(firing, 1) > 0) {
                throw runaway(firing.busiest(), "does not come to an end");
            }
            return outcome.of(session, firing);
        } catch (ConsequenceException e) {
            throw failed(e.getRule().getName(), e);
        } catch (RuntimeException e) {
            throw failed("", e);
        } catch (StackOverflowError e) {
            throw runaway(busyWith(e.getStackTrace(), session), "takes up all of the stack");
        } finally {
            session.dispose();
        }
    }

    private RuleBaseException runaway(String rule, String how) {
        return problemOf(
                rule,
                (rule.isEmpty() ? "a rule " : "rule \"" + rule + "\" ") + how,
                "A rule must not infer again and again what makes it fire, combine facts that have nothing in common, or"
                        + " match texts with a pattern that repeats what repeats itself.");
    }

    private RuleBaseException failed(String rule, RuntimeException failure) {
        Throwable root = LoadedRules.rootOf(failure);
        String what = root.getClass().getSimpleName() + (root.getMessage() == null ? "" : ": " + root.getMessage());
        return problemOf(
                rule,
                (rule.isEmpty() ? "a rule" : "rule \"" + rule + "\"") + " failed: "
                        + what.lines().findFirst().orElse(""),
                "Make sure that a value is there before asking for it, as with isPresent().");
    }

    private RuleBaseException problemOf(String rule, String message, String hint) {
        int colon = rule.indexOf(':');
        RuleFile file = files.get(colon < 0 ? rule : rule.substring(0, colon));
        if (file == null) {
            return new RuleBaseException(List.of(new RuleProblem(directory, 0, 0, "", message, hint)));
        }
        int at = file.text().indexOf('"' + rule + '"');
        return new RuleBaseException(List.of(at < 0 ? file.problem(message, hint) : file.problemAt(at, message, hint)));
    }
}
