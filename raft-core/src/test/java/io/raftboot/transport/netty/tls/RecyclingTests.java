package io.raftboot.transport.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import io.raftboot.transport.netty.wire.ChannelActions;
import io.raftboot.transport.netty.wire.NoticeLog;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RecyclingTests {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Recycling.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final Recycling recycling =
            new Recycling(clock.eventLoop(), new NoticeLog(logger, System::nanoTime), () -> {});

    @BeforeEach
    void listen() {
        clock.freezeTime();
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void close() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        ChannelActions.close(clock);
    }

    private void pass(int seconds) {
        for (int i = 0; i < 4 * seconds; i++) {
            clock.advanceTimeBy(Recycling.PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            clock.runScheduledPendingTasks();
        }
    }

    @Test
    void thatAllAreMadeAnewIsSaidOnceTheFirstIsBack() {
        var only = new EmbeddedChannel();
        recycling.established(only, 0);
        recycling.changed();
        assertThat(only.isOpen()).isFalse();

        pass(5);
        assertThat(lines.list).isEmpty();
        pass(10);
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .contains("since they were changed no connection has come about with them");

        recycling.established(new EmbeddedChannel(), 1);
        pass(1);
        assertThat(lines.list.get(1).getFormattedMessage())
                .isEqualTo("all connections with other members are made with the certificates that were changed last");
    }
}
