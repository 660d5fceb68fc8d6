package io.raftboot.notice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QuietLoggerTests {
    private final Logger target = (Logger) LoggerFactory.getLogger(QuietLoggerTests.class);
    private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
    private long nanos = Long.MAX_VALUE - 5; // it may run over
    private final QuietLogger log = new QuietLogger(target, () -> nanos, Set.of("{} leads"));

    @BeforeEach
    void open() {
        target.setLevel(Level.INFO);
        seen.start();
        target.addAppender(seen);
    }

    @AfterEach
    void close() {
        target.detachAppender(seen);
    }

    @Test
    void sameTextWithOtherValuesIsSaidOnceAndThenOnceAMinuteAndWhatEndsItAlways() {
        for (int second = 0; second <= 65; second += 5) {
            log.info("election {}", second);
            nanos += TimeUnit.SECONDS.toNanos(5);
        }
        log.info("{} leads", 2);
        log.info("{} leads", 3);
        assertThat(said())
                .containsExactly(
                        "election 0",
                        "election 60 (12 times more since this was said last)",
                        "2 leads",
                        "before that, 1 lines like those said were kept back",
                        "3 leads");
    }

    @Test
    void stackTraceIsSaidOnce() {
        for (int i = 0; i < 3; i++) {
            log.warn("transfer {} failed", i, new IOException("gone"));
            nanos += TimeUnit.SECONDS.toNanos(40);
        }
        assertThat(said())
                .containsExactly(
                        "transfer 0 failed",
                        "transfer 2 failed: java.io.IOException: gone (2 times more since this was said last)");
        assertThat(seen.list.get(0).getThrowableProxy()).isNotNull();
    }

    @Test
    void whatComesSeldomIsSaidEachTime() {
        log.info("once an hour");
        nanos += TimeUnit.HOURS.toNanos(1);
        log.info("once an hour");
        assertThat(said()).containsExactly("once an hour", "once an hour");
    }

    private List<String> said() {
        return seen.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
