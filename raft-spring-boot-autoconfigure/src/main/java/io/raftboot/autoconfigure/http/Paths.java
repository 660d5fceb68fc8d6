package io.raftboot.autoconfigure.http;

/** Where things are served, within the application. */
public final class Paths {
    /** Calls that look after the cluster. */
    public static final String ADMIN = "/raft/admin";

    /** The page that shows the cluster, and what belongs to it. */
    public static final String CONSOLE = "/raft/console";

    private Paths() {}
}
