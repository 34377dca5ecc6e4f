package tunneldoctor.knowledge;

import java.util.List;
import java.util.Optional;
import org.drools.model.Model;

/**
 * The compiled rules of a file, in memory.
 *
 * @param key of the file's text in the cache; empty where nothing is kept
 * @param model as the engine takes it; building a rule base changes it
 */
record LoadedRules(RuleFile file, Optional<String> key, CompiledRules rules, Model model) {
    /** Empty if the classes do not link or do not hold a model, with the reason added. */
    static Optional<LoadedRules> of(RuleFile file, Optional<String> key, CompiledRules rules, List<String> reasons) {
        ClassLoader own = LoadedRules.class.getClassLoader();
        ClassLoader loader = rules.classes().isEmpty() ? own : new RuleLoader(own, rules.classes());
        try {
            Object model = Class.forName(rules.modelClass(), true, loader)
                    .getDeclaredConstructor()
                    .newInstance();
            return model instanceof Model known
                    ? Optional.of(new LoadedRules(file, key, rules, known))
                    : Optional.empty();
        } catch (ReflectiveOperationException | LinkageError doesNotLink) {
            Throwable root = rootOf(doesNotLink);
            reasons.add(root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage());
            return Optional.empty();
        }
    }

    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; depth < 20 && root.getCause() != null; depth++) {
            root = root.getCause();
        }
        return root;
    }

    /** The same rules for another rule base, where their file may have another place. */
    LoadedRules again(RuleFile now) {
        return new LoadedRules(now, key, rules.in(now.relative()), another());
    }

    /** A model nothing was built from. */
    Model another() {
        try {
            return model.getClass().getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a model that could be made once can be made again", e);
        }
    }
}
