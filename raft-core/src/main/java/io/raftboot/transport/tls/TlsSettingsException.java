package io.raftboot.transport.tls;

/** Settings or certificates that TLS between members can't do with. Nothing has changed. */
public final class TlsSettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * @param reason what was found, and why it can't be
     * @param action what to do instead
     */
    public TlsSettingsException(String reason, String action) {
        super(reason);
        this.action = action;
    }

    /** What to do instead, in a sentence. */
    public String action() {
        return action;
    }
}
