package io.raftboot.replica.leader;

import io.raftboot.agent.Clock;
import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.notice.Conditions;
import io.raftboot.replica.duty.EventSink;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What a member logs of whom it follows and of whether it can serve: when that changes, once a minute while something is wrong, and
 * when it is over. The core, which decides it, says each step of each election, and that at DEBUG. Owned by the ticker.
 */
public final class ServiceLines {
    private static final Logger log = LoggerFactory.getLogger(ServiceLines.class);

    /** There is one, so that whatever is the matter now takes the place of what was before. */
    private static final String SUBJECT = "service";

    private static final String OVER = "over";

    /** An election takes its time, and so does the first word from a leader: what is over by then is no trouble. */
    private static final int ELECTION_TIMEOUTS_BEFORE_A_LINE = 2;

    private final long nodeId;
    private final Clock clock;
    private final long patienceNanos;
    private final Conditions conditions;
    private final EventSink events;

    private Leadership.View seen = Leadership.View.ENDED;
    private @Nullable Long leaderlessSinceNanos;
    private @Nullable Long troubledSinceNanos;
    private boolean everFollowed;

    /** What the trouble is about that was reported, and is not over; null if there is none. */
    private @Nullable EventType reported;

    ServiceLines(long nodeId, Clock clock, long electionTimeoutNanos) {
        this(nodeId, clock, electionTimeoutNanos, Runnable::run, EventSink.NONE);
    }

    /**
     * @param writer runs what logs, which may take as long as the log's disk or reader
     * @param events told of the same, when it begins and when it is over
     */
    public ServiceLines(long nodeId, Clock clock, long electionTimeoutNanos, Executor writer, EventSink events) {
        this.nodeId = nodeId;
        this.clock = clock;
        this.patienceNanos = ELECTION_TIMEOUTS_BEFORE_A_LINE * electionTimeoutNanos;
        this.conditions = new Conditions(log, clock::nanoTime, writer);
        this.events = events;
    }

    /**
     * Looks how things are now.
     *
     * @param obstacles what keeps this member from others, a sentence with a space before it, or nothing
     * @param trouble why it can't serve though it knows a leader; null if it can
     */
    public void tick(Leadership.View view, Supplier<String> obstacles, Supplier<@Nullable String> trouble) {
        long now = clock.nanoTime();
        if (view.leader() == null) {
            leaderless(now, obstacles);
        } else {
            // A leader that can't act as one yet says nothing of that; if that lasts, it is trouble.
            boolean unready = view.leaderId() == nodeId && !view.ready();
            if (!unready) {
                led(view, now);
            }
            var present = trouble.get();
            if (!unready || present != null) {
                serving(present, now);
            }
        }
        conditions.tick();
    }

    private void leaderless(long now, Supplier<String> obstacles) {
        // The patience begins anew with the next leader.
        troubledSinceNanos = null;
        var since = leaderlessSinceNanos;
        if (since == null) {
            leaderlessSinceNanos = now;
            return;
        }
        if (now - since > patienceNanos) {
            String text =
                    "node " + nodeId + " has known no leader " + (everFollowed ? "" : "since its start, ") + "for "
                            + (now - since) / 1_000_000
                            + " ms, so commands and linearizable reads can't be done; are enough members up?"
                            + obstacles.get();
            conditions.trouble(Level.WARN, SUBJECT, "none", text);
            report(EventType.LEADER, text);
            seen = Leadership.View.ENDED;
        }
    }

    private void led(Leadership.View view, long now) {
        var since = leaderlessSinceNanos;
        leaderlessSinceNanos = null;
        if (view.leaderId() == seen.leaderId() && view.term() == seen.term()) {
            return;
        }
        everFollowed = true;
        seen = view;
        boolean leads = view.leaderId() == nodeId;
        String what = leads
                ? "leads in term " + view.term()
                : "follows node " + view.leaderId() + ", the leader of term " + view.term();
        String after = since == null || now - since <= patienceNanos
                ? ""
                : ", after " + (now - since) / 1_000_000 + " ms without a leader";
        String kind = leads ? "leads" : "follows " + view.leaderId();
        String text = "node " + nodeId + " " + what + after;
        conditions.fact(SUBJECT, kind, text);
        events.add(EventType.LEADER, EventSeverity.INFO, view.leaderId(), kind, text);
        reported = null;
    }

    private void serving(@Nullable String trouble, long now) {
        var since = troubledSinceNanos;
        if (trouble == null) {
            troubledSinceNanos = null;
            String text = "node " + nodeId + " can serve again"
                    + (since == null ? "" : ", after " + (now - since) / 1_000_000 + " ms");
            conditions.over(SUBJECT, text);
            if (reported == EventType.SERVICE) {
                events.add(EventType.SERVICE, EventSeverity.INFO, nodeId, OVER, text);
                reported = null;
            }
        } else if (since == null) {
            troubledSinceNanos = now;
        } else if (now - since > patienceNanos) {
            String text = "node " + nodeId + " can't serve: " + trouble;
            conditions.trouble(Level.WARN, SUBJECT, "trouble", text);
            report(EventType.SERVICE, text);
        }
    }

    /** The log says it again each minute as long as it lasts. */
    private void report(EventType about, String text) {
        if (reported != about) {
            reported = about;
            events.add(about, EventSeverity.WARNING, nodeId, "trouble", text);
        }
    }
}
