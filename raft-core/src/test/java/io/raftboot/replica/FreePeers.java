package io.raftboot.replica;

import io.raftboot.replica.config.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Members with addresses of this machine that nobody has at present. */
public final class FreePeers {
    private FreePeers() {}

    /** With ids from 1 on, and a port for each; all are held until the last is known, so no two are the same. */
    public static List<Peer> of(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        var peers = new ArrayList<Peer>();
        try {
            for (int id = 1; id <= count; id++) {
                var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                peers.add(new Peer(id, "127.0.0.1", socket.getLocalPort()));
            }
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
        return peers;
    }
}
