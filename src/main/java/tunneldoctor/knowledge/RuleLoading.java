package tunneldoctor.knowledge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Brings the files of a rule base into memory: from an earlier rule base, built in, kept, or compiled. Compiling takes the
 * better part of a second in a fresh process, so it goes on beside the loading of everything else.
 */
final class RuleLoading {
    /** Drools' compilers descend with the nesting of what they read; a thread has less room than a process begins with. */
    private static final long ROOM = 16L << 20;

    private final BuiltInRules builtIn = BuiltInRules.read();
    private final RuleCache cache;
    private final Map<RuleFile, Compilation> compilations = new LinkedHashMap<>();
    private final Map<RuleFile, LoadedRules> loaded = new IdentityHashMap<>();

    private RuleLoading(Path cacheDirectory) {
        this.cache = new RuleCache(cacheDirectory, builtIn::vocabulary);
    }

    /**
     * @param files in the order of the directory
     * @param compiled how many of them had to be compiled
     */
    record Result(List<LoadedRules> files, int compiled) {}

    /** @throws RuleBaseException with every problem of every file */
    static Result load(Path rulesDirectory, Path cacheDirectory, Collection<LoadedRules> earlier)
            throws RuleBaseException {
        List<RuleProblem> problems = new ArrayList<>();
        List<RuleFile> files = readAll(rulesDirectory, problems);
        RuleLoading loading = new RuleLoading(cacheDirectory);
        loading.load(files, byKey(earlier));
        loading.compilations.values().forEach(compilation -> compilation.end(problems, loading));
        if (!problems.isEmpty()) {
            throw new RuleBaseException(problems);
        }
        return new Result(
                files.stream()
                        .map(file -> java.util.Objects.requireNonNull(loading.loaded.get(file)))
                        .toList(),
                loading.compilations.size());
    }

    /** Files below a directory, without a second one of the same name. */
    static List<RuleFile> readAll(Path directory, List<RuleProblem> problems) {
        List<RuleFile> files = RuleFile.readAll(directory, problems);
        Map<String, RuleFile> seen = new HashMap<>();
        List<RuleFile> first = new ArrayList<>(files.size());
        for (RuleFile file : files) {
            RuleFile earlier = seen.putIfAbsent(file.id(), file);
            if (earlier == null) {
                first.add(file);
            } else {
                problems.add(file.problemAt(
                        0,
                        "another file has the same name: " + earlier.relative(),
                        "Give each cause a name of its own."));
            }
        }
        return first;
    }

    private static Map<String, LoadedRules> byKey(Collection<LoadedRules> earlier) {
        Map<String, LoadedRules> byKey = new HashMap<>();
        earlier.forEach(rules -> rules.key().ifPresent(key -> byKey.put(key, rules)));
        return byKey;
    }

    /** Rules that need no compiler. */
    private record Known(RuleFile file, Optional<String> key, CompiledRules rules) {
        Optional<LoadedRules> link() {
            return LoadedRules.of(file, key, rules, new ArrayList<>());
        }
    }

    private void load(List<RuleFile> files, Map<String, LoadedRules> earlier) {
        List<Known> known = new ArrayList<>();
        for (RuleFile file : files) {
            Optional<CompiledRules> shipped = builtIn.of(file);
            Optional<String> key = shipped.isPresent() ? Optional.of(BuiltInRules.key(file)) : cache.key(file);
            Optional<LoadedRules> before = key.map(earlier::get);
            before.ifPresent(rules -> loaded.put(file, rules.again(file)));
            if (before.isEmpty()) {
                shipped.or(() -> key.flatMap(k -> cache.kept(k, file)))
                        .ifPresentOrElse(
                                rules -> known.add(new Known(file, key, rules)),
                                () -> compilations.put(file, new Compilation(file, key)));
            }
        }
        beginCompiling();
        Map<Known, ForkJoinTask<Optional<LoadedRules>>> linking = new LinkedHashMap<>();
        known.forEach(one -> linking.put(one, ForkJoinPool.commonPool().submit(one::link)));
        linking.forEach((one, rules) -> rules.join().ifPresentOrElse(linked -> loaded.put(one.file, linked), () -> {
            // What does not link was kept by another build, or by nobody.
            Compilation again = new Compilation(one.file, one.key);
            compilations.put(one.file, again);
            again.run();
        }));
    }

    private void beginCompiling() {
        List<Compilation> waiting = List.copyOf(compilations.values());
        if (!waiting.isEmpty()) {
            CompilerWarmUp.begin();
            Thread thread = new Thread(null, () -> waiting.forEach(Compilation::run), "rule-compiler", ROOM);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static final class Compilation {
        private final RuleFile file;
        private final Optional<String> key;
        private final List<RuleProblem> problems = new ArrayList<>();
        private final CompletableFuture<Optional<CompiledRules>> rules = new CompletableFuture<>();

        Compilation(RuleFile file, Optional<String> key) {
            this.file = file;
            this.key = key;
        }

        void run() {
            try {
                rules.complete(RuleCompiler.compile(file, problems));
            } catch (RuntimeException | Error failed) {
                rules.completeExceptionally(failed);
            }
        }

        /** Waits for the compilation, and loads and keeps what came of it. */
        void end(List<RuleProblem> all, RuleLoading loading) {
            Optional<CompiledRules> fresh = rules.join();
            all.addAll(problems);
            List<String> reasons = new ArrayList<>();
            Optional<LoadedRules> linked = fresh.flatMap(compiled -> LoadedRules.of(file, key, compiled, reasons));
            linked.ifPresent(known -> loading.loaded.put(file, known));
            if (fresh.isPresent() && linked.isEmpty()) {
                all.add(file.problem(
                        "the compiled rules cannot be loaded: " + String.join(", ", reasons),
                        "Use the facts' own fields and methods, and Conclude."));
            }
            if (linked.isPresent()) {
                key.ifPresent(k -> fresh.ifPresent(compiled -> loading.cache.keep(k, compiled)));
            }
        }
    }
}
