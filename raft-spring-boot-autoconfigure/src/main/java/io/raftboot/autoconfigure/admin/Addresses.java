package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.properties.PeerChecks;
import io.raftboot.replica.config.Peer;

/** Where members are, as callers write it. */
final class Addresses {
    private Addresses() {}

    /**
     * An address with its port.
     *
     * @param where it was written
     * @throws BadRequestException if nobody could be reached at it
     */
    static String checked(String where, String address, long id) {
        String problem;
        try {
            var peer = Peer.valueOf(id + "@" + address);
            problem = PeerChecks.whyNotReachable(peer);
            if (problem == null && !address.strip().endsWith(":" + peer.port())) {
                problem = "has no port";
            }
            if (problem == null) {
                return peer.address();
            }
        } catch (IllegalArgumentException e) {
            problem = "is no address";
        }
        throw new BadRequestException(
                where + " is \"" + address + "\", which " + problem + "; write host:port as the others reach node " + id
                        + ", for example \"node" + id + ":7400\" or \"[::1]:7400\"");
    }
}
