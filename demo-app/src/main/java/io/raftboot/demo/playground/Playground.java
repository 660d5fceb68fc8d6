package io.raftboot.demo.playground;

import io.raftboot.api.ReplicaListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The members of a demo in one process, and all that can be done with them. Its threads keep the process alive, also when all members are
 * stopped. Any thread.
 */
public final class Playground implements AutoCloseable {
    /** Seconds after its last question for which a page counts as open. A browser lets a page out of sight ask once a second. */
    static final int WATCHED_SECONDS = 15;

    private static final long LOOK_MILLIS = 300;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ExecutorService threads;
    private final ScheduledExecutorService looks;
    private final List<PlaygroundMember> members = new ArrayList<>();
    private final List<MemberWatch> watches = new ArrayList<>();
    private final WatchedKeys keys = new WatchedKeys();
    private final Failovers failovers = new Failovers();
    private final MemberClient client;
    private final PlaygroundHandler pages = new PlaygroundHandler(this);
    private volatile long watchedNanos = System.nanoTime() - WATCHED_SECONDS * NANOS_PER_SECOND;

    /** Changed by who holds this. */
    private volatile @Nullable SteadyLoad load;

    /**
     * A playground whose members have not started.
     *
     * @param httpPorts of the members 1, 2, 3
     * @param starter makes an application that is one of them
     */
    public Playground(List<Integer> httpPorts, ApplicationStarter starter) {
        var number = new AtomicInteger();
        // A thread of a request has the class loader of its web server, which ends with its member.
        threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "playground-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(Playground.class.getClassLoader());
            return thread;
        });
        looks = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "playground"));
        Map<Long, Integer> ports = new LinkedHashMap<>();
        for (int port : httpPorts) {
            ports.put(ports.size() + 1L, port);
        }
        client = new MemberClient(ports, threads);
        ports.forEach((id, port) -> {
            var at = new StandIn.MemberPort(id, port);
            members.add(new PlaygroundMember(
                    at,
                    (place, run, beforePorts) ->
                            starter.start(place.id(), application -> run.putInto(application, pages, beforePorts)),
                    new News(),
                    new StandIn(at, pages, threads),
                    threads));
            watches.add(new MemberWatch(id, client, keys));
        });
    }

    /** Starts the members one after the other; if one of them fails to start, those before it are stopped again. */
    public void start() {
        try {
            members.forEach(PlaygroundMember::startNow);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        var unused = looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Whether all members know a leader. */
    public boolean isServing() {
        return members.stream().map(PlaygroundMember::run).allMatch(run -> run != null && run.knowsLeader());
    }

    private void look() {
        if (isWatched()) {
            watches.forEach(MemberWatch::look);
        }
    }

    private boolean isWatched() {
        return System.nanoTime() - watchedNanos < WATCHED_SECONDS * NANOS_PER_SECOND;
    }

    /**
     * The member of that id.
     *
     * @throws PlaygroundException if there is none
     */
    PlaygroundMember member(long id) {
        return members.stream()
                .filter(member -> member.id() == id)
                .findFirst()
                .orElseThrow(() -> new PlaygroundException(
                        404, "there is no member " + id + "; write a number from 1 to " + members.size()));
    }

    /** Writes once through a member. */
    CallResult write(long through, Write write) {
        member(through);
        CallResult result = client.write(through, write).join();
        if (result.outcome() != CallOutcome.REFUSED) {
            keys.written(write);
        }
        return result;
    }

    /**
     * Starts a steady load.
     *
     * @throws PlaygroundException if one runs already
     */
    synchronized void startLoad(LoadSettings settings) {
        var present = load;
        if (present != null && !present.isOver()) {
            throw new PlaygroundException(409, "a steady load runs already; stop it first");
        }
        watchedNanos = System.nanoTime();
        keys.written(settings.kind().write(0));
        var begun = new SteadyLoad(settings, client, failovers, this::isWatched);
        load = begun;
        threads.execute(begun);
    }

    /** Ends the steady load, if one runs, with its newest write. */
    synchronized void stopLoad() {
        var present = load;
        if (present != null) {
            present.end("it was stopped");
        }
    }

    /** How all are, for a page that is told so again and again. */
    Map<String, @Nullable Object> state() {
        watchedNanos = System.nanoTime();
        return StateShape.of(members, watches, keys.all(), load, failovers.shapes());
    }

    /** Stops the members. */
    @Override
    public void close() {
        stopLoad();
        members.forEach(PlaygroundMember::close);
        looks.shutdownNow();
        threads.shutdownNow();
    }

    /** Starts an application that is one member. */
    @FunctionalInterface
    public interface ApplicationStarter {
        /**
         * Starts it, and returns when it runs.
         *
         * @param prepare to be called with the application's context before it is refreshed
         * @throws RuntimeException what keeps it from running; nothing is left open
         */
        void start(long id, Consumer<ConfigurableApplicationContext> prepare);
    }

    /** Hands on what is done with members to whom it concerns. */
    private final class News implements PlaygroundMember.MemberNews {
        @Override
        public void begins(PlaygroundMember member, MemberAction action) {
            failovers.begins(member.id(), action, leadershipOf(member));
        }

        /** Of the members that take themselves for the leader it is the one of the highest term. */
        private OptionalLong leadershipOf(PlaygroundMember member) {
            long highest = 0;
            long own = 0;
            for (PlaygroundMember each : members) {
                var run = each.run();
                long term = run == null ? 0 : run.leadershipTerm().orElse(0);
                highest = Math.max(highest, term);
                own = each == member ? term : own;
            }
            return own > 0 && own == highest ? OptionalLong.of(own) : OptionalLong.empty();
        }

        @Override
        public void done(PlaygroundMember member, MemberAction action) {
            failovers.done(member.id(), action);
        }

        @Override
        public ReplicaListener listener(long id) {
            return new ReplicaListener() {
                @Override
                public void leadershipGranted(long term) {
                    failovers.led(id, term);
                }
            };
        }
    }
}
