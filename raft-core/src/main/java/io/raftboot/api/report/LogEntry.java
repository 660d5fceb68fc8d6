package io.raftboot.api.report;

/**
 * An entry of a member's log, as one that looks at it wants to know it.
 *
 * @param kind what is in it
 * @param machine name of the state machine; empty where none is meant
 * @param command name of the command; empty where it has none, or nobody here knows it
 * @param sizeBytes of what is in it, with what stands around the command
 * @param payload the command's first bytes as it was submitted; not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // entries are looked at, and not compared
public record LogEntry(
        long index, long term, Kind kind, String machine, String command, long sizeBytes, byte[] payload) {
    /** What an entry is for. */
    public enum Kind {
        /** A command of a state machine. */
        COMMAND,
        /** A session with a state machine is opened. */
        SESSION,
        /** What the group remembers of its members. */
        MEMBERS,
        /** The configuration changes. */
        CONFIGURATION,
        /** Nothing: with it a leader begins its term. */
        EMPTY,
        /** What this version does not read. */
        UNREADABLE
    }
}
