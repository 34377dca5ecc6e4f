package tunneldoctor.model;

import java.util.List;

/**
 * A node as all evidence together shows it. Texts are empty where nothing tells.
 *
 * @param address InternalIP, IPv4
 * @param hostsAgent whether a tunnel agent runs on it
 * @param resourceGroup node resource group of its machine
 * @param scaleSet its virtual machine scale set
 * @param instance its instance id in the scale set, decimal
 * @param inInterface where other nodes' traffic arrives
 * @param interfaceStated whether the facts name that interface, or {@code eth0} is assumed
 */
public record Node(
        String name,
        String address,
        String pool,
        String os,
        Answer ready,
        Answer hostsAgent,
        String resourceGroup,
        String scaleSet,
        String instance,
        String inInterface,
        boolean interfaceStated,
        SourceRef source)
        implements Fact {
    @Override
    public List<SourceRef> evidence() {
        return List.of(source);
    }

    @Override
    public List<String> nodes() {
        return List.of(name);
    }

    /** The command that runs a script as root on this node without the tunnel, where the evidence names its machine. */
    public String onNode(String script) {
        return NodeShell.commands(List.of(this), script).get(0);
    }

    public boolean windows() {
        return os.equalsIgnoreCase("windows");
    }
}
