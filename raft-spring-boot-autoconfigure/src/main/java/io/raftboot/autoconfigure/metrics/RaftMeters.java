package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.raftboot.api.MembershipView;
import io.raftboot.api.ReplicaListener;
import io.raftboot.notice.LogLabels;
import io.raftboot.notice.QuietLogger;
import io.raftboot.replica.Replica;
import io.raftboot.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.springframework.context.SmartLifecycle;

/**
 * Registers the meters of a member, and looks at the member now and then for those that show how it is: a registry that is read waits for
 * nobody. Any thread.
 */
public final class RaftMeters implements MeterBinder, ReplicaListener, SmartLifecycle {
    /** Time between two looks at the member. */
    static final Duration STATUS_INTERVAL = Duration.ofSeconds(1);

    /** Looks at the member for one at the members of the group, which asks the leader. */
    private static final int LOOKS_PER_VIEW = 5;

    private static final Duration VIEW_PATIENCE = Duration.ofSeconds(1);

    /** A look that fails may fail each second. */
    private final Logger log = QuietLogger.of(RaftMeters.class);

    private final Replica replica;
    private final Transport transport;
    private final String threadName;
    private final int phase;
    private final Tags tags;
    private final Known known;
    private final List<Registered> registered = new CopyOnWriteArrayList<>();
    private @Nullable ScheduledExecutorService looking;
    private long looks;

    /** The meters of one registry. */
    private record Registered(
            CallMeters calls,
            LeaderMeters leaders,
            StatusGauges gauges,
            MemberGauges members,
            TransportMeters transport) {}

    /**
     * @param group of the state machines
     * @param phase after that of the member, so that it runs while this looks
     */
    public RaftMeters(Replica replica, Transport transport, String group, String threadName, int phase) {
        this.replica = replica;
        this.transport = transport;
        this.threadName = threadName;
        this.phase = phase;
        this.tags = new Tags(group);
        this.known = new Known();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        var calls = new CallMeters(registry, tags);
        var meters = new Registered(
                calls,
                new LeaderMeters(registry, tags, System::nanoTime),
                new StatusGauges(registry, tags, known),
                new MemberGauges(registry, tags, known),
                new TransportMeters(registry, tags, transport));
        meters.transport().members(configured());
        pending(registry);
        replica.addMeter(new WorkMeters(registry, tags, calls));
        registered.add(meters);
    }

    private Set<Long> configured() {
        var ids = new TreeSet<Long>();
        ids.add(replica.config().nodeId());
        replica.config().peers().forEach(peer -> ids.add(peer.id()));
        return ids;
    }

    private Set<Long> ids(MembershipView view) {
        var ids = new TreeSet<Long>();
        ids.add(replica.config().nodeId());
        view.members().forEach(member -> ids.add(member.id()));
        return ids;
    }

    private void pending(MeterRegistry registry) {
        tags.gauge(
                registry,
                "raft.commands.pending",
                null,
                () -> replica.load().commands(),
                "Commands that were asked of this member and have no outcome yet");
        tags.gauge(
                registry,
                "raft.commands.pending.size",
                "bytes",
                () -> replica.load().commandBytes(),
                "Memory that these are counted with");
    }

    @Override
    public void started() {
        var machines = replica.stateMachines().keySet();
        for (var meters : registered) {
            meters.calls().register(machines);
            meters.gauges().register(machines);
            meters.transport().started();
        }
    }

    @Override
    public void leaderChanged(@Nullable Long leaderId, long term) {
        registered.forEach(meters -> meters.leaders().changed(leaderId));
    }

    @Override
    public synchronized void start() {
        if (looking == null) {
            var labels =
                    new LogLabels(replica.config().nodeId(), replica.config().group());
            looking = Executors.newSingleThreadScheduledExecutor(task -> {
                var thread = new Thread(() -> labels.around(task), threadName);
                thread.setDaemon(true);
                return thread;
            });
            var unused = looking.scheduleWithFixedDelay(
                    this::lookAndGoOn, 0, STATUS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized void stop() {
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

    /** A look that fails must not be the last one. */
    private void lookAndGoOn() {
        try {
            look();
        } catch (RuntimeException e) {
            log.warn("the member could not be looked at for its meters, which show what was known before", e);
        }
    }

    /** Asks the member how it is, and each fifth time the leader how the members are. */
    void look() {
        known.status(replica.status()
                .orTimeout(STATUS_INTERVAL.multipliedBy(LOOKS_PER_VIEW).toMillis(), TimeUnit.MILLISECONDS)
                .join());
        if (looks++ % LOOKS_PER_VIEW == 0) {
            known.view(replica.membership()
                    .view(VIEW_PATIENCE)
                    .orTimeout(VIEW_PATIENCE.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS)
                    .join());
            registered.forEach(meters -> {
                meters.members().changed();
                var view = known.view();
                if (view != null && !view.members().isEmpty()) {
                    meters.transport().members(ids(view));
                }
            });
        }
    }
}
