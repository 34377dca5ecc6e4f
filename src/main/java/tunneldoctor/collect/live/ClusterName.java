package tunneldoctor.collect.live;

import java.util.Optional;

/**
 * Which cluster the user means.
 *
 * @param subscription its id or name; the one selected in {@code az} where empty
 * @param context of the kubeconfig; the current one where empty
 */
public record ClusterName(
        String resourceGroup, String cluster, Optional<String> subscription, Optional<String> context) {}
