package tunneldoctor.cli;

import tunneldoctor.collect.live.ClusterName;
import tunneldoctor.collect.live.LiveCluster;
import tunneldoctor.collect.live.NotConnectedException;

/** Where live clusters come from: Azure for users, a stand-in for tests and the demonstration. */
interface LiveClusters {
    /** With the user's logins. A class of its own, so that what reads files alone never links what reads clusters. */
    final class OfUser implements LiveClusters {
        @Override
        public LiveCluster connect(ClusterName name) throws NotConnectedException {
            return LiveCluster.connect(name);
        }
    }

    LiveCluster connect(ClusterName name) throws NotConnectedException;
}
