package io.raftboot.test;

import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.ReplicaStatus;
import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.MemoryDisk;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * One member of a {@link RaftCluster}: an application context, which is another after each restart, and a disk, which stays.
 */
public final class RaftMember {
    private final long id;
    private final Disk disk = new MemoryDisk();
    private final BiFunction<Long, Disk, ConfigurableApplicationContext> starter;
    private @Nullable ConfigurableApplicationContext context;

    RaftMember(long id, BiFunction<Long, Disk, ConfigurableApplicationContext> starter) {
        this.id = id;
        this.starter = starter;
    }

    /** Its node id, from 1 upwards. */
    public long id() {
        return id;
    }

    /** Whether it has been started, has not crashed, and has not stopped by itself. */
    public boolean isRunning() {
        var running = context;
        return running != null && running.getBean(Replica.class).state() == ReplicaState.RUNNING;
    }

    /** Whether it leads, and has seen all that was committed before. */
    public boolean isLeader() {
        return isRunning() && bean(Replica.class).leadershipTerm().isPresent();
    }

    /**
     * A bean of this member's application.
     *
     * @throws IllegalStateException if the member has crashed
     */
    public <T> T bean(Class<T> type) {
        return context().getBean(type);
    }

    /**
     * This member's application.
     *
     * @throws IllegalStateException if the member has crashed
     */
    public ConfigurableApplicationContext context() {
        var running = context;
        if (running == null) {
            throw new IllegalStateException("member " + id + " has crashed; restart it first");
        }
        return running;
    }

    boolean hasCrashed() {
        return context == null;
    }

    ReplicaStatus status() {
        try {
            return bean(Replica.class).status().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("member " + id + " tells no status", e);
        }
    }

    void start() {
        if (context != null) {
            throw new IllegalStateException("member " + id + " runs already");
        }
        context = starter.apply(id, disk);
    }

    void stop() {
        var running = context;
        context = null;
        if (running != null) {
            // Before the context hands over and drains: a crash does neither.
            running.getBean(Replica.class).stop();
            running.close();
        }
    }

    @Override
    public String toString() {
        return "member " + id;
    }
}
