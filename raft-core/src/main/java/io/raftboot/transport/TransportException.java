package io.raftboot.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request or a snapshot did not get its answer. Says whether the other side can have seen any of it. */
public final class TransportException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean certainlyNotSent;

    private TransportException(String message, @Nullable Throwable cause, boolean certainlyNotSent) {
        super(message, cause);
        this.certainlyNotSent = certainlyNotSent;
    }

    /** Nothing left this member: whatever was asked for has certainly not happened. */
    public static TransportException notSent(String message) {
        return new TransportException(message, null, true);
    }

    /** It may have arrived: whatever was asked for may have happened, or may happen yet. */
    public static TransportException maybeSent(String message) {
        return new TransportException(message, null, false);
    }

    /** As {@link #maybeSent(String)}, with what caused it. */
    public static TransportException maybeSent(String message, Throwable cause) {
        return new TransportException(message, cause, false);
    }

    /** Whether the other side certainly saw nothing of it, so that a retry is safe. */
    public boolean certainlyNotSent() {
        return certainlyNotSent;
    }
}
