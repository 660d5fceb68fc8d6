package io.raftboot.autoconfigure;

import io.raftboot.api.MemberRemovedException;
import io.raftboot.api.ReplicaListener;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;

/**
 * Does with the application what {@code raft.on-failure} says when its member has failed. What the member does itself, to be
 * started again, is up to the replica.
 */
public final class RaftFailureListener implements ReplicaListener {
    /** What the process ends with where {@link FailureAction#EXIT} is wanted; "internal software error" of sysexits. */
    public static final int EXIT_CODE = 70;

    private static final Logger log = LoggerFactory.getLogger(RaftFailureListener.class);

    /** Time for all phases of an application's shutdown; whatever hangs then does not keep the process any longer. */
    private static final Duration EXIT_PATIENCE = Duration.ofMinutes(1);

    private final ApplicationContext context;
    private final FailureAction action;
    private final End end;
    private boolean broken;

    /** How a process ends. */
    interface End {
        /** Ends it when its hooks have run. */
        void exit(int code);

        /** Ends it at once. */
        void halt(int code);
    }

    RaftFailureListener(ApplicationContext context, FailureAction action) {
        this(context, action, new End() {
            @Override
            public void exit(int code) {
                System.exit(code);
            }

            @Override
            public void halt(int code) {
                Runtime.getRuntime().halt(code);
            }
        });
    }

    RaftFailureListener(ApplicationContext context, FailureAction action, End end) {
        this.context = context;
        this.action = action;
        this.end = end;
    }

    @Override
    public void started() {
        if (broken) {
            broken = false;
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
        }
    }

    @Override
    public void failedForGood(Throwable cause) {
        if (cause instanceof MemberRemovedException) {
            // Somebody wanted that, and a process that is started again would only be told so again.
            return;
        }
        switch (action) {
            case STOP_MEMBER -> {}
            case RESTART -> breakLiveness();
            case EXIT -> {
                log.error("The raft member failed, and raft.on-failure=exit: the process ends with {}", EXIT_CODE);
                try {
                    breakLiveness();
                } finally {
                    exit();
                }
            }
        }
    }

    private void breakLiveness() {
        broken = true;
        AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
    }

    /** Ends the process on another thread than this, which has to tell other listeners, and with one beside it that can't hang. */
    private void exit() {
        try {
            var closing = new Thread(() -> end.exit(SpringApplication.exit(context, () -> EXIT_CODE)), "raft-exit");
            // A thread that the process does not wait for, as it would be one of a listener's, is gone with the last
            // other one,
            // and the code with it: closing the context ends what else keeps the process.
            closing.setDaemon(false);
            closing.start();
            var watching = new Thread(() -> haltAfter(closing), "raft-exit-watch");
            watching.setDaemon(true);
            watching.start();
        } catch (OutOfMemoryError e) {
            // No more threads for this process: nothing could be closed in order.
            end.halt(EXIT_CODE);
        }
    }

    private void haltAfter(Thread closing) {
        try {
            closing.join(EXIT_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            log.debug("Nobody waits any longer for the application to close", e);
        }
        if (closing.isAlive()) {
            end.halt(EXIT_CODE);
        }
    }
}
