package io.raftboot.demo.playground;

/** A request that the playground does not do. Nothing has changed. */
final class PlaygroundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param status of the answer over HTTP, from 400 to 499
     * @param detail for people, with what to do instead
     */
    PlaygroundException(int status, String detail) {
        super(detail);
        this.status = status;
    }

    int status() {
        return status;
    }
}
