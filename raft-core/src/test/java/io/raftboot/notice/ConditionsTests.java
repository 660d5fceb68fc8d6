package io.raftboot.notice;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConditionsTests {
    private final Logger target = (Logger) LoggerFactory.getLogger(ConditionsTests.class);
    private final ListAppender<ILoggingEvent> seen = new ListAppender<>();
    private long nanos = Long.MAX_VALUE - 5; // it may run over
    private final Conditions conditions = new Conditions(target, () -> nanos);

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

    private void trouble(String text) {
        conditions.trouble(org.slf4j.event.Level.WARN, "peer 2", "away", text);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nanos += TimeUnit.SECONDS.toNanos(1);
            conditions.tick();
        }
    }

    private List<String> said() {
        return seen.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Test
    void troubleIsSaidWhenItBeginsOnceAMinuteAndWhenItIsOver() {
        for (int second = 0; second <= 125; second += 5) {
            trouble("away for " + second);
            pass(5);
        }
        conditions.over("peer 2", "back");
        conditions.over("peer 2", "back");
        pass(600);
        assertThat(said()).containsExactly("WARN away for 0", "WARN away for 55", "WARN away for 115", "INFO back");
    }

    @Test
    void troubleLastsThoughNobodySaysSoAgain() {
        trouble("away");
        pass(121);
        assertThat(said()).containsExactly("WARN away", "WARN away", "WARN away");
    }

    @Test
    void whatComesAndGoesEachSecondIsSaidOnceAMinuteEach() {
        for (int second = 0; second < 180; second++) {
            trouble("away");
            conditions.over("peer 2", "back");
            pass(1);
        }
        assertThat(said().stream().filter(line -> line.startsWith("WARN"))).hasSize(3);
        assertThat(said().stream().filter(line -> line.startsWith("INFO"))).hasSize(3);
        assertThat(said().get(2)).startsWith("WARN away (it changed 1");
    }

    @Test
    void lastLineIsTrueAMinuteLaterAtTheLatest() {
        trouble("away");
        conditions.over("peer 2", "back");
        trouble("away again");
        pass(59);
        assertThat(said()).containsExactly("WARN away", "INFO back");
        pass(2);
        assertThat(said()).last().isEqualTo("WARN away again (it changed 1 times since the last line)");
        conditions.over("peer 2", "back again");
        trouble("away once more");
        conditions.over("peer 2", "back once more");
        pass(61);
        assertThat(said()).last().asString().startsWith("INFO back");
    }

    @Test
    void endOfTroubleDoesNotWaitForAMinuteThatAnEarlierFactBegan() {
        conditions.fact("peer 2", "there", "there");
        trouble("away");
        conditions.fact("peer 2", "there", "there after a while");
        assertThat(said()).containsExactly("INFO there", "WARN away", "INFO there after a while");
    }

    @Test
    void troubleOfAnotherKindOrOfAnotherThingIsSaidAtOnce() {
        trouble("away");
        conditions.trouble(org.slf4j.event.Level.ERROR, "peer 2", "stranger", "a stranger");
        conditions.trouble(org.slf4j.event.Level.WARN, "peer 3", "away", "away too");
        assertThat(said()).containsExactly("WARN away", "ERROR a stranger", "WARN away too");
    }

    @Test
    void endIsNotSaidWhereNothingWas() {
        conditions.over("peer 2", "back");
        pass(61);
        assertThat(said()).isEmpty();
    }
}
