package io.raftboot.demo.playground;

import io.raftboot.api.ReplicaListener;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the members of the demo, through all its runs. What takes long is done by a thread of the playground, one thing after the
 * other; what comes meanwhile is refused. Any thread.
 */
final class PlaygroundMember {
    private static final Logger log = LoggerFactory.getLogger(PlaygroundMember.class);

    private final StandIn.MemberPort port;
    private final MemberStarter starter;
    private final MemberNews news;
    private final StandIn standIn;
    private final Executor threads;

    // Changed by who holds this.

    private volatile MemberState state = MemberState.STOPPED;
    private volatile boolean cut;
    private volatile @Nullable String failure;
    private volatile @Nullable MemberRun run;

    PlaygroundMember(
            StandIn.MemberPort port, MemberStarter starter, MemberNews news, StandIn standIn, Executor threads) {
        this.port = port;
        this.starter = starter;
        this.news = news;
        this.standIn = standIn;
        this.threads = threads;
    }

    long id() {
        return port.id();
    }

    int port() {
        return port.port();
    }

    MemberState state() {
        return state;
    }

    boolean isCut() {
        return cut;
    }

    /** Why the newest start did not succeed; null if it did. */
    @Nullable
    String failure() {
        return failure;
    }

    /** The present run; null while there is none. */
    @Nullable
    MemberRun run() {
        return run;
    }

    /**
     * Starts the member, and returns when it runs.
     *
     * @throws RuntimeException what keeps it from running, which closed what it had opened
     */
    void startNow() {
        synchronized (this) {
            require(MemberAction.START, state.isDown());
            state = MemberState.STARTING;
        }
        bringUp();
    }

    /**
     * Does something with the member, or has it begun.
     *
     * @throws PlaygroundException if that is nothing to be done in its present state
     */
    synchronized void act(MemberAction action) {
        switch (action) {
            case START -> {
                require(action, state.isDown());
                state = MemberState.STARTING;
                threads.execute(this::bringUpOrTell);
            }
            case STOP -> end(action, state == MemberState.RUNNING, MemberState.STOPPED, MemberRun::stop);
            case KILL ->
                end(
                        action,
                        state == MemberState.RUNNING || state == MemberState.PAUSED,
                        MemberState.KILLED,
                        MemberRun::kill);
            case PAUSE -> pause(action);
            case RESUME -> {
                running(action, state == MemberState.PAUSED).gate().open();
                state = MemberState.RUNNING;
            }
            case CUT -> cut(action);
            case JOIN -> {
                require(action, cut);
                cut = false;
                MemberRun running = run;
                if (running != null && !running.isKilled()) {
                    running.network().join();
                }
            }
        }
    }

    private void pause(MemberAction action) {
        MemberRun running = running(action, state == MemberState.RUNNING);
        tellOutage(action);
        running.gate().close();
        state = MemberState.PAUSED;
        news.done(this, action);
    }

    private void cut(MemberAction action) {
        require(action, !cut);
        tellOutage(action);
        cut = true;
        MemberRun running = run;
        if (running != null) {
            running.network().cut();
        }
        news.done(this, action);
    }

    private void end(MemberAction action, boolean allowed, MemberState after, Consumer<MemberRun> how) {
        MemberRun ending = running(action, allowed);
        tellOutage(action);
        state = MemberState.STOPPING;
        threads.execute(() -> {
            standIn.takeOver();
            try {
                how.accept(ending);
            } catch (RuntimeException e) {
                log.error("Member {} did not end in order", id(), e);
            }
            synchronized (this) {
                run = null;
                state = after;
            }
            news.done(this, action);
        });
    }

    private void bringUpOrTell() {
        try {
            bringUp();
        } catch (RuntimeException e) {
            log.error("Member {} can't be started", id(), e);
        }
    }

    private void bringUp() {
        var starting = new MemberRun(cut, news.listener(id()));
        try {
            starter.start(port, starting, standIn::giveWay);
            synchronized (this) {
                run = starting;
                failure = null;
                state = MemberState.RUNNING;
                if (cut) {
                    starting.network().cut();
                } else {
                    starting.network().join();
                }
            }
        } catch (RuntimeException e) {
            standIn.takeOver();
            synchronized (this) {
                failure = e.getMessage() == null ? e.toString() : e.getMessage();
                state = MemberState.STOPPED;
            }
            throw e;
        }
    }

    private void tellOutage(MemberAction action) {
        if (state == MemberState.RUNNING || state == MemberState.PAUSED) {
            news.begins(this, action);
        }
    }

    private MemberRun running(MemberAction action, boolean allowed) {
        MemberRun running = run;
        require(action, allowed);
        if (running == null) {
            throw new IllegalStateException("member " + id() + " is " + state + " without a run");
        }
        return running;
    }

    private void require(MemberAction action, boolean allowed) {
        if (!allowed) {
            String is = state.word() + (cut ? ", and cut off" : "");
            throw new PlaygroundException(
                    409, "'" + action.word() + "' is nothing to be done with member " + id() + " now: it is " + is);
        }
    }

    /** Ends it, whatever it is at. Its port is free when this returns. */
    void close() {
        MemberRun ending;
        synchronized (this) {
            ending = run;
            run = null;
            state = MemberState.STOPPED;
        }
        if (ending != null) {
            ending.gate().open();
            ending.stop();
        }
        standIn.giveWay();
    }

    /** Starts members, which is not the playground's to know how. */
    @FunctionalInterface
    interface MemberStarter {
        /**
         * Starts a member, and returns when it runs.
         *
         * @param beforePorts to be done before its ports are looked at
         * @throws RuntimeException what keeps it from running; nothing is left open
         */
        void start(StandIn.MemberPort port, MemberRun run, Runnable beforePorts);
    }

    /** Who hears of what is done with members. Called with the member held, so it must not wait. */
    interface MemberNews {
        /** The others are about to be without this member. */
        void begins(PlaygroundMember member, MemberAction action);

        /** What was begun is done. */
        void done(PlaygroundMember member, MemberAction action);

        /** Hears of the leaderships of this member. */
        ReplicaListener listener(long id);
    }
}
