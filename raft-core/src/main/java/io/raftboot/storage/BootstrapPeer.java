package io.raftboot.storage;

/**
 * One of the members that a cluster begins with.
 *
 * @param id not 0
 * @param address host and port
 */
public record BootstrapPeer(long id, String address) {
    public BootstrapPeer {
        if (id == 0) {
            throw new IllegalArgumentException("the id of a peer must not be 0");
        }
        if (address.isBlank()) {
            throw new IllegalArgumentException("peer " + id + " has no address");
        }
    }
}
