package io.raftboot.transport.netty.handshake;

/**
 * Why there is no connection.
 *
 * @param message for an operator; starts with a verb in the past, its subject is "connecting to member …"
 */
public record DialFailure(Kind kind, String message) {
    public enum Kind {
        /** The host is there and nobody listens on the port. */
        CONNECTION_REFUSED,
        /** It broke during the introductions: the process may be about to start, or to end. */
        BROKEN,
        /** One side does not want the other, and will not soon. */
        NOT_ACCEPTED,
        /** One of the two has yet to learn which cluster it belongs to, and is about to. */
        UNSETTLED,
        OTHER
    }

    /** The failure's text, with the cause behind it where what failed only says that it did. */
    public static String text(Throwable failure) {
        Throwable cause = failure.getCause();
        String text = String.valueOf(failure.getMessage());
        return cause == null || cause.getMessage() == null
                ? text
                : text.replaceAll("\\.$", "") + ": " + cause.getMessage();
    }

    /** Reset, closed or a broken pipe, as it comes: one cause for whoever reads of it. */
    public static DialFailure broken() {
        return new DialFailure(Kind.BROKEN, "broke during the introductions");
    }
}
