package io.raftboot.api;

/**
 * A member stopped because it could not apply a committed entry. The entry stays where it is, so the member meets it again at
 * its next start. The message names the entry in the words in which {@code ReplicaConfig.applySkip} passes it over; the cause
 * says what happened.
 */
public final class UnappliedEntryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient EntryName entry;

    public UnappliedEntryException(EntryName entry, String what, Throwable cause) {
        super(
                reason(cause) + " [while entry " + entry + ", " + what + ", was applied. If it stops all members alike,"
                        + " and the application can't be mended so that they apply it, start all of them with raft.apply.skip="
                        + entry + ", which passes over this entry alone]",
                cause);
        this.entry = entry;
    }

    /** Which one. */
    public EntryName entry() {
        return entry;
    }

    private static String reason(Throwable cause) {
        return cause instanceof StateMachineFailureException || cause instanceof UnknownCommandException
                ? String.valueOf(cause.getMessage())
                : cause.toString();
    }
}
