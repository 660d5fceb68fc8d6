package io.raftboot.replica;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Has members say nothing below ERROR: simulated ones go through more in a second than others in a year. */
final class SilentMembers implements BeforeAllCallback, AfterAllCallback {
    private static final Logger ALL = (Logger) LoggerFactory.getLogger("io.raftboot");

    @Override
    public void beforeAll(ExtensionContext context) {
        ALL.setLevel(Level.ERROR);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        ALL.setLevel(null);
    }
}
