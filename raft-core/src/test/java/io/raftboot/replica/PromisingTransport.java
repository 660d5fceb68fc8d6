package io.raftboot.replica;

import io.raftboot.raft.proto.Message;
import io.raftboot.simulation.SimulatedHost;
import io.raftboot.transport.ForwardingTransport;
import io.raftboot.transport.Transport;
import java.util.List;

/** Another transport, of which is noted what its member {@linkplain Promises promises} by what it sends. */
final class PromisingTransport extends ForwardingTransport {
    private final SimulatedHost host;
    private final Promises promises;

    PromisingTransport(Transport transport, SimulatedHost host, Promises promises) {
        super(transport);
        this.host = host;
        this.promises = promises;
    }

    @Override
    public void send(List<Message> messages) {
        if (!host.isCrashed()) {
            messages.forEach(promises::told);
        }
        super.send(messages);
    }
}
