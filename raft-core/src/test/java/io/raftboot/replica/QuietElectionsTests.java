package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.raftboot.raft.RawNode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QuietElectionsTests {
    private static final int ELECTIONS = 8;
    private static final int MOST_LINES = 14;

    @Test
    void memberWithoutQuorumSaysItOnceAndNotAtEachElection() {
        var logger = (Logger) LoggerFactory.getLogger(RawNode.class);
        Level before = logger.getLevel();
        List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                events.add(event);
            }
        };
        appender.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(appender);
        try (var cluster = TestCluster.inMemory(3)) {
            cluster.replica(1).start();
            await().atMost(TestCluster.PATIENCE)
                    .until(() -> events.stream()
                                    .filter(event -> event.getFormattedMessage().contains("is starting a new election"))
                                    .count()
                            >= ELECTIONS);
        } finally {
            logger.detachAppender(appender);
            logger.setLevel(before);
        }
        assertThat(events.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO)))
                .hasSizeLessThanOrEqualTo(MOST_LINES)
                .isNotEmpty();
    }
}
