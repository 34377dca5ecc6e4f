package tunneldoctor.model;

import java.util.List;

/**
 * A Kubernetes Node object. Texts are empty where the object does not state them.
 *
 * @param address InternalIP, IPv4
 * @param pool node pool label
 * @param providerId {@code azure:///subscriptions/…}
 * @param os {@code linux} or {@code windows}
 * @param pressures conditions other than Ready that are true, for example {@code MemoryPressure}
 * @param podCidrs addresses its pods get where the plugin assigns them per node
 */
public record KubeNode(
        String name,
        String address,
        String pool,
        String providerId,
        String os,
        String osImage,
        Answer ready,
        boolean cordoned,
        List<String> pressures,
        List<String> podCidrs,
        SourceRef source)
        implements Fact {
    public KubeNode {
        pressures = List.copyOf(pressures);
        podCidrs = List.copyOf(podCidrs);
    }

    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return List.of(name);
    }
}
