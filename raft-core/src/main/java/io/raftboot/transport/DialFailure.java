package io.raftboot.transport;

/**
 * Why there is no connection.
 *
 * @param message for an operator; starts with a verb in the past, its subject is "connecting to member …"
 */
record DialFailure(Kind kind, String message) {
    enum Kind {
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

    /** Reset, closed or a broken pipe, as it comes: one cause for whoever reads of it. */
    static DialFailure broken() {
        return new DialFailure(Kind.BROKEN, "broke during the introductions");
    }
}
