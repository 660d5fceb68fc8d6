package io.raftboot.replica.machine;

import io.raftboot.api.DurableStateMachine;
import io.raftboot.api.ForeignStateException;
import io.raftboot.storage.Ancestor;
import io.raftboot.storage.Identity;
import java.io.IOException;
import java.util.List;

/**
 * Which clusters' logs a member's log goes on from. An index only says how far a state is together with the log that it
 * counts: where a cluster was begun anew from a member's directory, or from a snapshot, the same index names another entry than in
 * the cluster before, from where the two logs part.
 *
 * @param clusterId of the log as it is; 0 while it is not known
 * @param ancestors the clusters before, the oldest first
 */
public record Lineage(long clusterId, List<Ancestor> ancestors) {
    /** Lineage of a directory that has always belonged to one cluster. */
    static final Lineage NONE = new Lineage(0, List.of());

    public static Lineage of(Identity identity) {
        return new Lineage(identity.clusterId(), identity.ancestors());
    }

    /** Whether machines have to say which log their index counts. */
    boolean matters() {
        return !ancestors.isEmpty();
    }

    /**
     * What a position in the log of another cluster is in this one.
     *
     * @param storedClusterId whose log it counts; 0 for the oldest
     * @return the index in this log that the state is as of
     * @throws IOException if this log does not go on from there
     */
    long translate(String machine, long storedClusterId, DurableStateMachine.Position position) throws IOException {
        if (clusterId == 0 || storedClusterId == clusterId || (storedClusterId == 0 && !matters())) {
            return position.appliedIndex();
        }
        for (Ancestor ancestor : ancestors) {
            if (storedClusterId == 0 || ancestor.clusterId() == storedClusterId) {
                return translate(machine, ancestor, position);
            }
        }
        throw new ForeignStateException(
                "the state of '" + machine + "' is of the cluster " + Long.toHexString(storedClusterId)
                        + ", and the log of the cluster " + Long.toHexString(clusterId)
                        + ", which does not go on from there. Bring the state or the directory back that belongs to the other");
    }

    /**
     * Newer than where the logs part, a state can only have become by a snapshot that was newer than its place in the log: then
     * it is what the new log begins with. What was applied from the old log behind that place is in no log any more.
     */
    private long translate(String machine, Ancestor ancestor, DurableStateMachine.Position position)
            throws IOException {
        if (position.appliedIndex() <= ancestor.sharedIndex()) {
            return position.appliedIndex();
        }
        if (position.loggedIndex() <= ancestor.sharedIndex()) {
            return ancestor.forkIndex();
        }
        throw new ForeignStateException("the state of '" + machine + "' is as of index " + position.appliedIndex()
                + " of the cluster " + Long.toHexString(ancestor.clusterId()) + ", of which the cluster "
                + Long.toHexString(clusterId) + " has the log up to index " + ancestor.sharedIndex()
                + " only: the entries behind it are others there. Bring the state back that belongs to this directory, or"
                + " empty it, so that it is made anew from the snapshot");
    }
}
