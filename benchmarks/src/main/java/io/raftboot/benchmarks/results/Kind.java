package io.raftboot.benchmarks.results;

/** What was measured. */
public enum Kind {
    WRITES("writes that begin at the leader", "in flight"),
    FOLLOWER_WRITES("writes that begin at a follower", "in flight"),
    READS("linearizable reads that begin at the leader", "in flight"),
    FIRST_WRITES("first writes of a new cluster, without any warm-up", "in flight"),
    LEADER_KILLED("no write is acknowledged after the leader was killed", "in flight"),
    LEADER_STOPPED("no write is acknowledged after the leader was stopped", "in flight"),
    RESTART("all members start again over a log", "entries");

    private final String title;
    private final String level;

    Kind(String title, String level) {
        this.title = title;
        this.level = level;
    }

    /** For the reader of a table. */
    public String title() {
        return title;
    }

    /** What the number means that measurements of this kind differ by. */
    public String level() {
        return level;
    }
}
