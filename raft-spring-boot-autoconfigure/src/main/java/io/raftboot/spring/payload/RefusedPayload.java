package io.raftboot.spring.payload;

/**
 * A type whose values would not all come back equal.
 *
 * @param path to it, for example {@code Ledger.lines[].amount}
 * @param type as it is written there
 * @param why what would become of its values
 * @param instead what to write
 */
public record RefusedPayload(String path, String type, String why, String instead) {
    /** One sentence without its full stop. */
    public String text() {
        return path + " (" + type + ") " + why + "; " + instead;
    }
}
