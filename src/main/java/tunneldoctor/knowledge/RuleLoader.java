package tunneldoctor.knowledge;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Defines the classes of one compiled rule file. They see the vocabulary, Drools' model and a few types of the JDK; a rule
 * that names anything else, however it got past the checks before, does not link.
 */
final class RuleLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private final Map<String, byte[]> classes;

    RuleLoader(ClassLoader parent, Map<String, byte[]> classes) {
        super(parent);
        this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        byte[] bytes = classes.get(name);
        if (bytes == null) {
            if (!Cage.admits(name)) {
                throw new ClassNotFoundException(name + " is out of reach for rules");
            }
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            @Nullable Class<?> loaded = findLoadedClass(name);
            return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
        }
    }
}
