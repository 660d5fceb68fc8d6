package io.raftboot.autoconfigure.members;

import io.raftboot.api.MembershipView;
import io.raftboot.api.RaftMembership;
import io.raftboot.notice.LogLabels;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.config.Peer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks now and then whether the members of the group are still those that are configured here, and says it in the log whenever that
 * has changed. Any thread.
 */
public final class DriftWatch implements SmartLifecycle {
    /** Time between two looks, each of which is one question to the leader. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(DriftWatch.class);

    /** A look that fails may fail every ten seconds. */
    private final Logger failures = QuietLogger.of(DriftWatch.class);

    private final Configured configured;
    private final Supplier<RaftMembership> membership;
    private final int phase;
    private volatile @Nullable Drift last;
    private @Nullable ScheduledExecutorService looking;
    private @Nullable ScheduledFuture<?> looks;
    private List<String> said = List.of();

    /**
     * What this member was configured with.
     *
     * @param own its id
     * @param group of which it is a member
     * @param join whether it was to join a running cluster
     */
    public record Configured(long own, String group, boolean join, List<Peer> peers) {}

    /** @param phase after that of the member, so that it runs while this looks */
    public DriftWatch(Configured configured, Supplier<RaftMembership> membership, int phase) {
        this.configured = configured;
        this.membership = membership;
        this.phase = phase;
    }

    /** What is not the same by this view of the group. */
    public Drift of(MembershipView view) {
        var drift = new Drift(configured.own(), configured.join(), configured.peers(), view);
        last = drift;
        return drift;
    }

    /** What was not the same when somebody looked last; null if nobody has. */
    public @Nullable Drift last() {
        return last;
    }

    /** Asks the group, waits for its answer, and says what is new. */
    void look() {
        var view = membership.get().view(RaftMembership.VIEW_PATIENCE);
        say(of(view.orTimeout(INTERVAL.toMillis(), TimeUnit.MILLISECONDS).join()));
    }

    private synchronized void say(Drift drift) {
        List<String> text = drift.text();
        if (text.equals(said)) {
            return;
        }
        said = text;
        if (text.isEmpty()) {
            log.info("The members of the group are those of raft.peers again");
        } else if (drift.join()) {
            log.warn("The members of the group are others than configured: {}", String.join("; ", text));
        } else {
            log.warn(
                    "The members of the group are others than configured: {}. Those of the group count; write raft.peers={} here,"
                            + " or change the group",
                    String.join("; ", text),
                    drift.peersOfTheGroup());
        }
    }

    @Override
    public synchronized void start() {
        if (looking == null) {
            var labels = new LogLabels(configured.own(), configured.group());
            var executor = Executors.newSingleThreadScheduledExecutor(task -> {
                var thread = new Thread(() -> labels.around(task), "raft-drift-" + configured.own());
                thread.setDaemon(true);
                return thread;
            });
            looks = executor.scheduleWithFixedDelay(
                    this::lookAndGoOn, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            looking = executor;
        }
    }

    /** A look that fails must not be the last one. */
    private void lookAndGoOn() {
        try {
            look();
        } catch (RuntimeException e) {
            failures.warn("The members of the group can't be compared with those configured", e);
        }
    }

    @Override
    public synchronized void stop() {
        if (looks != null) {
            looks.cancel(true);
            looks = null;
        }
        if (looking != null) {
            looking.shutdownNow();
            looking = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return looking != null;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
