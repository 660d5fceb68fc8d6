package io.raftboot.replica.leader;

import io.raftboot.api.event.EventType;
import io.raftboot.replica.duty.EventSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of the steps of a replica's life: the log, the listeners, and who reads what has happened. Any thread. */
public final class LifeNews {
    private static final Logger log = LoggerFactory.getLogger(LifeNews.class);

    private final long nodeId;
    private final ReplicaEvents listeners;
    private final EventSink events;

    public LifeNews(long nodeId, ReplicaEvents listeners, EventSink events) {
        this.nodeId = nodeId;
        this.listeners = listeners;
        this.events = events;
    }

    public void started() {
        events.note(EventType.LIFE, nodeId, "node {} has started", nodeId);
        listeners.started();
    }

    public void stopped() {
        events.note(EventType.LIFE, nodeId, "node {} has stopped", nodeId);
    }

    /** It ends by itself, as somebody wanted. */
    public void leaves(Throwable cause) {
        events.warn(log, EventType.MEMBERS, nodeId, "{}", text(cause));
    }

    /** It ends by itself, as it can't go on. */
    public void fails(Throwable cause) {
        events.error(log, EventType.FAILURE, nodeId, "node {} stops: {}", nodeId, text(cause), cause);
    }

    /** Called by a thread that may wait. */
    public void failed(Throwable cause) {
        listeners.failed(cause);
    }

    /** Called by a thread that may wait. */
    public void failedForGood(Throwable cause) {
        listeners.failedForGood(cause);
    }

    public void staysFailed() {
        events.error(
                log,
                EventType.FAILURE,
                nodeId,
                "node {} stays failed until it is started: its cause does not pass",
                nodeId);
    }

    public void isToStart(int attempt, long millis) {
        events.warn(
                log, EventType.LIFE, nodeId, "node {} is started again in {} ms, attempt {}", nodeId, millis, attempt);
    }

    public void startedAgain() {
        events.info(log, EventType.LIFE, nodeId, "node {} is started again", nodeId);
    }

    public void notStartedAgain(Throwable cause) {
        events.warn(log, EventType.FAILURE, nodeId, "node {} can't be started again: {}", nodeId, cause.toString());
    }

    /** What the cause says. */
    public static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
