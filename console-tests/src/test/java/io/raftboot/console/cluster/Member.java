package io.raftboot.console.cluster;

import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** One member of a {@link Cluster}: an application that is another after each start, at addresses and on a disk that stay. */
public final class Member {
    private final long id;
    private final int raftPort;
    private final TightDisk disk = new TightDisk();
    private @Nullable ConfigurableApplicationContext context;
    private int httpPort;

    Member(long id, int raftPort) {
        this.id = id;
        this.raftPort = raftPort;
    }

    public long id() {
        return id;
    }

    /** Where it listens for the others, as they write it. */
    public String address() {
        return "127.0.0.1:" + raftPort;
    }

    /** That of its server; 0 before it has run for the first time. */
    public int httpPort() {
        return httpPort;
    }

    /** Of what is served at a path, which begins with a slash. */
    public String url(String path) {
        return "http://127.0.0.1:" + httpPort + path;
    }

    public TightDisk disk() {
        return disk;
    }

    public boolean isRunning() {
        return context != null && replica().state() == ReplicaState.RUNNING;
    }

    /** Whether it leads, and has seen all that was committed before. */
    public boolean leads() {
        return isRunning() && replica().leadershipTerm().isPresent();
    }

    public Replica replica() {
        return bean(Replica.class);
    }

    /**
     * A bean of its application.
     *
     * @throws IllegalStateException if it is not started
     */
    public <T> T bean(Class<T> type) {
        var running = context;
        if (running == null) {
            throw new IllegalStateException("member " + id + " is not started");
        }
        return running.getBean(type);
    }

    void start(SpringApplication application, String... arguments) {
        if (context != null) {
            throw new IllegalStateException("member " + id + " is started already");
        }
        var running = application.run(arguments);
        context = running;
        httpPort =
                Integer.parseInt(Objects.requireNonNull(running.getEnvironment().getProperty("local.server.port")));
    }

    /** Ends it in order, if it is started: it hands over what it leads, and answers what it was asked. */
    public void stop() {
        var running = context;
        context = null;
        if (running != null) {
            running.close();
        }
    }

    /** Ends it as the others see the death of its process: nothing is handed over, its connections break, and its ports are closed. */
    public void kill() {
        replica().stop();
        stop();
    }

    @Override
    public String toString() {
        return "member " + id;
    }
}
