package io.raftboot.replica.command;

import io.raftboot.agent.Clock;
import io.raftboot.agent.Inbox;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queue of commands in front of the raft stage: any thread puts, the raft stage takes. What a thread puts while it gathers
 * comes in at once at the end. For the apply stage, on which those who are told what came of their commands may submit the
 * next: one by one, the raft stage would take the first and find the others too late, in batches that are the smaller the
 * longer a command takes.
 */
public final class CommandInbox {
    /** How long a command may wait while its gatherer applies others, and one command longer: a few times what a force takes. */
    static final long MAX_GATHERING_NANOS = 1_000_000;

    private final Inbox<Command> inbox = new Inbox<>();
    private final Clock clock;
    private volatile @Nullable Thread gatherer;

    /** Owned by the gatherer. */
    private final List<Command> gathered = new ArrayList<>();

    private long gatheredSinceNanos;

    public CommandInbox(Clock clock) {
        this.clock = clock;
    }

    public void wakeWith(Runnable waker) {
        inbox.wakeWith(waker);
    }

    /** Any thread. */
    public void put(Command command) {
        if (Thread.currentThread() != gatherer) {
            inbox.put(command);
            return;
        }
        if (gathered.isEmpty()) {
            gatheredSinceNanos = clock.nanoTime();
        }
        gathered.add(command);
    }

    @Nullable
    public Command poll() {
        return inbox.poll();
    }

    /** What this thread puts from now on is gathered; not while another thread gathers. */
    public void gather() {
        gatherer = Thread.currentThread();
    }

    /** The gatherer, now and then: what was put long ago waits no longer. */
    public void handOverLate() {
        if (!gathered.isEmpty() && clock.nanoTime() - gatheredSinceNanos > MAX_GATHERING_NANOS) {
            handOver();
        }
    }

    /** The gatherer is one no longer, and what it put comes in. */
    public void endGathering() {
        gatherer = null;
        if (!gathered.isEmpty()) {
            handOver();
        }
    }

    private void handOver() {
        inbox.putAll(gathered);
        gathered.clear();
    }
}
