package io.raftboot.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * One call of a client, with all its attempts: a command that is sent again under the same session or key is one operation, whose
 * effect may be seen once.
 *
 * @param number tells it from the others of its history
 * @param client for those who read the findings
 * @param invoked time before which it had no effect; any clock that never goes back and is the same for all clients
 * @param returned time at which the client knew the ending; of one that is {@link Unknown} it means nothing
 */
public record Operation(int number, int client, String key, Call call, long invoked, long returned, Ending ending) {

    /** What the client knows of it. */
    public sealed interface Ending permits Done, Failed, Unknown {}

    /**
     * It took place between the two times.
     *
     * @param answer null where nobody looked at it
     */
    public record Done(@Nullable String answer) implements Ending {}

    /** It has not taken place and never will. */
    public record Failed() implements Ending {}

    /** It may take place at any time behind its invocation, or never. */
    public record Unknown() implements Ending {}

    public Operation {
        if (returned < invoked && !(ending instanceof Unknown)) {
            throw new IllegalArgumentException(
                    "operation " + number + " returned at " + returned + ", before it was invoked at " + invoked);
        }
    }

    /** For the findings: one line. */
    @Override
    public String toString() {
        return "#" + number + " client " + client + " " + text() + " [" + invoked + ", "
                + (ending instanceof Unknown ? "..." : String.valueOf(returned)) + "] " + endingText();
    }

    private String text() {
        if (call instanceof Call.Write write) {
            return "write " + write.element();
        }
        if (call instanceof Call.Append append) {
            return "append " + append.element();
        }
        if (call instanceof Call.CompareAndSet cas) {
            return "set " + cas.element() + " if \"" + cas.expected() + "\"";
        }
        return "read";
    }

    private String endingText() {
        if (ending instanceof Done done) {
            return done.answer() == null ? "done" : "-> \"" + done.answer() + "\"";
        }
        return ending instanceof Failed ? "failed" : "unknown";
    }
}
