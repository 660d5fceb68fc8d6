package io.raftboot.autoconfigure.jdbc;

/**
 * Whose the database is.
 *
 * @param machine name of the state machine
 * @param clusterName of the member
 * @param nodeId of the member
 */
record Owner(String machine, String clusterName, long nodeId) {
    @Override
    public String toString() {
        return "the state machine '" + machine + "' of member " + nodeId + " of the cluster '" + clusterName + "'";
    }
}
