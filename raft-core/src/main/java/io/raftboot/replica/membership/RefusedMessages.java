package io.raftboot.replica.membership;

import io.raftboot.api.event.EventType;
import io.raftboot.notice.QuietLogger;
import io.raftboot.raft.InvalidMessageListener;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.transport.Transport;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * Messages that no member sends, which came from another one all the same: it is broken, or it lies. Each is counted, said, and
 * answered by closing the connections with its sender, which may come again. Any thread.
 */
public final class RefusedMessages implements InvalidMessageListener {
    /** Ids are for anybody to make up where there is no TLS; no group has as many members. */
    private static final int MAX_SENDERS = 1024;

    private final Logger log = QuietLogger.of(RefusedMessages.class);

    private final long selfId;
    private final Transport transport;
    private final EventSink events;
    private final Map<Long, Refused> bySender = new ConcurrentHashMap<>();

    /**
     * What one sender was refused.
     *
     * @param count how many messages since the start
     * @param last what was wrong with the last
     */
    public record Refused(long count, String last) {
        private Refused plus(Refused more) {
            return new Refused(count + more.count, more.last);
        }
    }

    public RefusedMessages(long selfId, Transport transport, EventSink events) {
        this.selfId = selfId;
        this.transport = transport;
        this.events = events;
    }

    @Override
    public void refused(long senderId, Message message, String reason) {
        refuse(senderId, message.getType(), reason);
    }

    /**
     * A message was refused.
     *
     * @param why what no member would say, for an operator
     */
    public void refuse(long from, MessageType type, String why) {
        if (from == selfId) {
            return;
        }
        String what = type + ": " + why;
        if (bySender.size() < MAX_SENDERS || bySender.containsKey(from)) {
            bySender.merge(from, new Refused(1, what), Refused::plus);
        }
        events.warn(
                log,
                EventType.REFUSAL,
                from,
                "node {} sent a message that no member sends, {}; ignored it, and closed the connection. Another version, broken"
                        + " memory, or somebody else under its name do that",
                from,
                what);
        transport.disconnect(from);
    }

    /** By sender, those that were refused anything since the start. */
    public Map<Long, Refused> bySender() {
        return new TreeMap<>(bySender);
    }
}
