package io.raftboot.api;

/** What became of a backup that was asked for. */
public sealed interface BackupOutcome {
    /**
     * There is one of all that was applied when it was asked for, and as fresh as it was asked to be.
     *
     * @param backup to be closed by whoever gets it
     */
    record Ready(Backup backup) implements BackupOutcome {}

    /**
     * The member could not make sure that it is as fresh as was wanted; none was taken.
     *
     * @param reason why
     * @param message the same for people
     */
    record Refused(RefusalReason reason, String message) implements BackupOutcome {}

    /**
     * The state could not be captured or written, or the member stops.
     *
     * @param message why
     */
    record NotMade(String message) implements BackupOutcome {}
}
