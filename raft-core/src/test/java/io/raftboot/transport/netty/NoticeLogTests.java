package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.transport.netty.wire.NoticeLog;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NoticeLogTests {
    private final LogCapture log = new LogCapture();
    private long nanos = Long.MAX_VALUE - 5; // it may run over
    private final NoticeLog notices = new NoticeLog(LoggerFactory.getLogger(NettyTransport.class), () -> nanos);

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void whatGoesOnIsSaidOnceAndThenOnceAMinute() {
        for (int second = 0; second <= 125; second += 5) {
            notices.warnOnce("member 2", "was refused");
            nanos += TimeUnit.SECONDS.toNanos(5);
        }
        assertThat(log.lines())
                .containsExactly(
                        "member 2 was refused",
                        "member 2 was refused (12 times more since this was said last)",
                        "member 2 was refused (12 times more since this was said last)");
    }

    @Test
    void whatComesBackIsSaidAtOnce() {
        notices.warnOnce("member 2", "was refused");
        notices.warnOnce("member 22", "was refused");
        notices.forget("member 2");
        notices.warnOnce("member 2", "was refused");
        notices.warnOnce("member 22", "was refused");
        assertThat(log.lines()).hasSize(3);
    }
}
