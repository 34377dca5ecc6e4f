package tunneldoctor.collect.standin;

import tunneldoctor.collect.standin.FakeCluster.FakeNode;

/** What the nodes' shells do with a script. Called from several threads, never twice at once for one node. */
@FunctionalInterface
public interface Shell {
    /** What a script printed, whole. */
    record Printed(String stdout, String stderr) {}

    Printed run(FakeNode node, String script) throws Exception;
}
