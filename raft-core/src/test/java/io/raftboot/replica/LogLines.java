package io.raftboot.replica;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a class logs from INFO up, until it is closed. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final @Nullable Level before;

    private LogLines(Class<?> type) {
        logger = (Logger) LoggerFactory.getLogger(type);
        setContext(logger.getLoggerContext());
        start();
        before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(this);
    }

    public static LogLines of(Class<?> type) {
        return new LogLines(type);
    }

    /** Level and message of each line. */
    public List<String> lines() {
        return lines;
    }

    @Override
    protected void append(ILoggingEvent event) {
        lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
    }
}
