package io.raftboot.spring.payload;

import java.io.IOException;

/** What was written is readable, but comes back as something else. */
public final class ChangedPayloadException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What of a long value is worth a line. */
    private static final int SHOWN_CHARS = 100;

    ChangedPayloadException(String path, String trouble) {
        super(path + " " + trouble);
    }

    static ChangedPayloadException differs(String path, String written, String back) {
        return new ChangedPayloadException(
                path, "was written as " + shown(written) + ", and comes back as " + shown(back));
    }

    static ChangedPayloadException lost(String path, String written) {
        return new ChangedPayloadException(path, "was written as " + shown(written) + ", and does not come back");
    }

    static ChangedPayloadException added(String path, String back) {
        return new ChangedPayloadException(path, "was not written, and comes back as " + shown(back));
    }

    static ChangedPayloadException twice(String path) {
        return new ChangedPayloadException(path, "was written twice, and comes back once");
    }

    /** A text, or its beginning if it is long. */
    static String shown(String text) {
        return text.length() <= SHOWN_CHARS
                ? text
                : text.substring(0, SHOWN_CHARS) + "… (" + text.length() + " characters)";
    }
}
