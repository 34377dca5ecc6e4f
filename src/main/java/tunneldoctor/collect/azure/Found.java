package tunneldoctor.collect.azure;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tunneldoctor.model.Tree;

/** The resources read so far, by kind and id. Safe for use by several threads. */
final class Found {
    private final Map<ArmType, Map<String, Tree>> resources = new EnumMap<>(ArmType.class);
    private final Set<String> asked = new HashSet<>();

    synchronized void add(ArmType type, Tree resource) {
        String id = Within.key(resource.text("id").orElse(""));
        asked.add(id);
        resources.computeIfAbsent(type, t -> new TreeMap<>()).put(id, resource);
    }

    /** In the order of their ids, so that what follows from them does not depend on which came first. */
    synchronized List<Tree> all(ArmType type) {
        return List.copyOf(resources.getOrDefault(type, Map.of()).values());
    }

    synchronized Optional<Tree> one(ArmType type, String id) {
        return Optional.ofNullable(resources.getOrDefault(type, Map.of()).get(Within.key(id)));
    }

    /** Those that nobody asked for yet, each once; they count as asked for from now on. */
    synchronized List<String> unasked(Collection<String> ids) {
        return ids.stream().filter(id -> asked.add(Within.key(id))).toList();
    }
}
