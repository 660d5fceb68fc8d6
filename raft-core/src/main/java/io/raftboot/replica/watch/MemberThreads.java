package io.raftboot.replica.watch;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * The threads of one run of a member: the stages' carriers, the ticker, the writer of snapshots, the readers, the one that
 * looks at the disk. What is thrown on any of them and is not the application's stops the member.
 */
public final class MemberThreads {
    private static final int READERS = 4;

    /** Queries that wait for a thread; about as many as there may be commands. */
    static final int MAX_WAITING_QUERIES = 16 * 1024;

    /** One snapshot at a time, one look at the disk, and a few deletions of files. */
    private static final int MAX_WAITING_TASKS = 1024;

    private final AgentHost host;
    private final String prefix;
    private final FailureHandler onFailure;
    private final Timer ticker;
    private final Worker snapshots;
    private final Worker readers;
    private final Worker space;
    private final Worker fetcher;
    private final Worker hasher;
    private final List<Carrier> stages = new CopyOnWriteArrayList<>();

    /**
     * @param onFailure stops the member; called on the thread that failed
     */
    public MemberThreads(AgentHost host, String prefix, FailureHandler onFailure) {
        this.host = host;
        this.prefix = prefix;
        this.onFailure = onFailure;
        ticker = host.timer(prefix + "-tick", onFailure);
        snapshots = host.worker(prefix + "-snapshot", 1, MAX_WAITING_TASKS, onFailure);
        readers = host.worker(prefix + "-read", READERS, MAX_WAITING_QUERIES, onFailure);
        space = host.worker(prefix + "-space", 1, MAX_WAITING_TASKS, onFailure);
        fetcher = host.worker(prefix + "-fetch", 1, MAX_WAITING_TASKS, onFailure);
        hasher = host.worker(prefix + "-hash", 1, MAX_WAITING_TASKS, onFailure);
    }

    public Executor readers() {
        return readers;
    }

    public Executor space() {
        return space;
    }

    /** Reads entries back from the log. */
    public Executor fetcher() {
        return fetcher;
    }

    /** Writes states to be compared with those of other members. */
    public Executor hasher() {
        return hasher;
    }

    public Executor snapshots() {
        return snapshots;
    }

    /**
     * Has the agents carried.
     *
     * @param agents the raft stage, the log stage and the apply stage, in this order
     */
    public void carry(Carriers carriers, List<Agent> agents) {
        stages.addAll(carriers.carry(host, prefix, agents, onFailure));
        stages.forEach(Carrier::start);
    }

    /** Ticks that were missed must not come in a bunch: a follower would count them as time in which it did not hear its leader. */
    public void tick(Duration interval, Runnable tick) {
        ticker.every(interval, tick);
    }

    public void schedule(Runnable task, long delayMillis) {
        ticker.after(Duration.ofMillis(delayMillis), task);
    }

    /** Has the stages do nothing more than the round they are in. Any thread, also one of theirs. */
    public void halt() {
        stages.forEach(Carrier::stop);
        ticker.stop();
    }

    /** Has the others do what they have begun, and nothing more. */
    public void shutdown() {
        snapshots.stop();
        readers.stop();
        space.stop();
        fetcher.stop();
        hasher.stop();
    }

    /** Waits until the stages have ended, after {@link #halt}; returns whether they have. */
    public boolean awaitStages(Duration patience) throws InterruptedException {
        var deadline = host.deadline(patience);
        boolean ended = true;
        for (Carrier stage : stages) {
            ended &= stage.awaitEnd(deadline.left());
        }
        return ended;
    }

    /**
     * Waits until the queries under way have ended, and what else runs the application's code beside the directory, after
     * {@link #shutdown}; returns whether they have.
     */
    public boolean awaitReaders(Duration patience) throws InterruptedException {
        var deadline = host.deadline(patience);
        return readers.awaitEnd(patience) && hasher.awaitEnd(deadline.left());
    }

    /** Waits until nobody uses the member's directory any more, after {@link #shutdown}; returns whether that is so. */
    public boolean awaitUsersOfTheDirectory(Duration patience) throws InterruptedException {
        var deadline = host.deadline(patience);
        return awaitStages(patience)
                && snapshots.awaitEnd(deadline.left())
                && space.awaitEnd(deadline.left())
                && fetcher.awaitEnd(deadline.left());
    }

    /** Those that use the member's directory, and have not ended. */
    public Set<Thread> usersOfTheDirectory() {
        var users = new HashSet<Thread>();
        stages.forEach(stage -> users.addAll(stage.threads()));
        users.addAll(snapshots.threads());
        users.addAll(space.threads());
        users.addAll(fetcher.threads());
        return users;
    }

    /** Whether the thread is one of these: whoever waits on it for their end waits for ever. */
    public boolean own(Thread thread) {
        return usersOfTheDirectory().contains(thread)
                || readers.threads().contains(thread)
                || hasher.threads().contains(thread)
                || ticker.threads().contains(thread);
    }
}
