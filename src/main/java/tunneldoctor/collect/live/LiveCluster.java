package tunneldoctor.collect.live;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tunneldoctor.collect.Collected;
import tunneldoctor.collect.Limits;
import tunneldoctor.collect.Progress;
import tunneldoctor.collect.azure.AzureSource;
import tunneldoctor.collect.azure.NoSubscriptionException;
import tunneldoctor.collect.kubernetes.KubernetesApi;
import tunneldoctor.collect.kubernetes.NoContextException;
import tunneldoctor.collect.nodes.NodeCollector;
import tunneldoctor.collect.nodes.NodeWish;
import tunneldoctor.model.ClusterFacts;
import tunneldoctor.model.Gap;

/**
 * One cluster, read where the tunnel is not needed: Azure Resource Manager, the objects of its API server, and its nodes by
 * run-command. Changes nothing.
 */
public final class LiveCluster {
    private static final Clock CLOCK = Clock.systemUTC();

    /** Sources come back by themselves at the deadline; this is for one that does not. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final long BEAT_MILLIS = 50;

    private final AzureSource azure;
    private final KubernetesApi kubernetes;
    private final ClusterName name;

    private LiveCluster(AzureSource azure, KubernetesApi kubernetes, ClusterName name) {
        this.azure = azure;
        this.kubernetes = kubernetes;
        this.name = name;
    }

    /** With the user's own logins. Sends nothing yet. */
    public static LiveCluster connect(ClusterName name) throws NotConnectedException {
        try {
            return new LiveCluster(
                    AzureSource.connect(name.subscription(), name.resourceGroup(), name.cluster()),
                    KubernetesApi.connect(name.context(), CLOCK),
                    name);
        } catch (NoSubscriptionException e) {
            throw new NotConnectedException(e.getMessage() + "; " + e.advice(), e);
        } catch (NoContextException e) {
            throw new NotConnectedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** A cluster that stand-ins on this machine play, without signing in. */
    public static LiveCluster standIn(ClusterName name, URI azure, URI kubernetes) {
        return new LiveCluster(
                AzureSource.standIn(azure, name.subscription().orElse(""), name.resourceGroup(), name.cluster()),
                KubernetesApi.standIn(kubernetes, CLOCK),
                name);
    }

    /** Lines for people: what will be read, and which permissions that needs. */
    public List<String> plan(NodeWish wish, Limits limits) {
        List<String> lines = new ArrayList<>(azure.plan());
        lines.add(kubernetes.plan());
        lines.add(
                wish.runCommand()
                        ? "Nodes: will run read-only scripts by run-command as root on "
                                + (wish.only().isEmpty()
                                        ? "at most " + wish.most() + " nodes"
                                        : wish.only().size() + " named nodes")
                                + ", " + limits.parallel() + " at a time, that list firewalls and sockets and try the"
                                + " kubelets' port; needs Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action"
                                + " on the node resource group. A long answer lies in a file in /run until it is fetched."
                                + " --no-run-command leaves this out"
                        : "Nodes: will not be asked, so that their firewalls stay unknown");
        return lines;
    }

    /** The least that may be allowed in Azure for all of it to work, as the JSON of a custom role. */
    public String role(NodeWish wish) {
        return azure.role(wish.runCommand());
    }

    /**
     * Puts all there is into {@code into}, and what could not be got as gaps. Never throws for what a service answers or
     * fails to answer. Comes back soon after its thread is interrupted, with what there is, and leaves it interrupted.
     *
     * @param basis run once Azure and Kubernetes have answered, before the nodes are asked; not if interrupted
     */
    public void collect(Collected into, NodeWish wish, Limits limits, Progress progress, Runnable basis) {
        Collected fromKubernetes = new Collected("", CLOCK);
        Thread beside = new Thread(() -> kubernetes.collect(fromKubernetes, limits, progress), KubernetesApi.PHASE);
        beside.setDaemon(true);
        beside.start();
        try {
            azure.collect(into, limits, progress);
        } catch (RuntimeException e) {
            into.gap(new Gap(
                    "the resources in Azure",
                    "Microsoft.ContainerService/managedClusters",
                    "",
                    "reading them failed: " + e));
        }
        boolean told = await(beside, limits);
        ClusterFacts objects = fromKubernetes.facts("");
        Set<String> agentNodes = told ? keep(objects, into) : untold(into);
        if (!Thread.currentThread().isInterrupted()) {
            basis.run();
        }
        new NodeCollector(azure.runner(limits), CLOCK, wish)
                .collect(azure.machines(), agentNodes, into, limits, progress);
    }

    private static Set<String> untold(Collected into) {
        KubernetesApi.untold(into, "collection was ended before it answered");
        return Set.of();
    }

    /** Whether it came to its end; an interrupt is passed on and not lost. */
    private static boolean await(Thread beside, Limits limits) {
        boolean interrupted = false;
        Instant end = limits.deadline().plus(GRACE);
        while (beside.isAlive() && CLOCK.instant().isBefore(end)) {
            try {
                beside.join(BEAT_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
                beside.interrupt();
                Instant soon = CLOCK.instant().plus(GRACE);
                end = soon.isBefore(end) ? soon : end;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !beside.isAlive();
    }

    /**
     * Keeps the objects if they are the cluster's own.
     *
     * @return the nodes that host an agent
     */
    private Set<String> keep(ClusterFacts objects, Collected into) {
        Optional<String> notItsOwn = objects.kubernetes().isEmpty()
                ? Optional.empty()
                : KubernetesFacts.notItsOwn(
                        into.facts("").azure(),
                        objects.kubernetes(),
                        kubernetes.server(),
                        name,
                        name.context().isPresent());
        if (notItsOwn.isPresent()) {
            KubernetesApi.untold(into, notItsOwn.get());
            return Set.of();
        }
        objects.kubernetes().forEach(into::kubernetes);
        objects.gaps().forEach(into::gap);
        return KubernetesFacts.agentNodes(objects.kubernetes());
    }
}
