package io.raftboot.replica.duty;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventSeverity;
import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.replica.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.helpers.NOPLogger;

class EventLogTests {
    private static final int ONE_BY_ONE = 10;

    private final FakeClock clock = new FakeClock(1_000_000);
    private final EventLog log = new EventLog(clock);

    private List<MemberEvent> all() {
        return log.after(0).events();
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            log.warning(EventType.REFUSAL, 2, "node {} is refused, {}", 2, "once more");
        }
    }

    @Test
    void eventsAreNumberedFromOneAndSayWhatWasReported() {
        log.note(EventType.ELECTION, 1, "node {} stands for election in term {}", 1, 7);
        clock.advanceMillis(20);
        log.error(NOPLogger.NOP_LOGGER, EventType.DISK, EventSink.NO_NODE, "the disk is {}", "full");
        assertThat(all())
                .containsExactly(
                        new MemberEvent(
                                1,
                                java.time.Instant.ofEpochMilli(1_000_000),
                                EventType.ELECTION,
                                EventSeverity.INFO,
                                1,
                                "node 1 stands for election in term 7",
                                1L),
                        new MemberEvent(
                                2,
                                java.time.Instant.ofEpochMilli(1_000_020),
                                EventType.DISK,
                                EventSeverity.ERROR,
                                1,
                                "the disk is full",
                                null));
    }

    @Test
    void readersGoOnBehindWhatTheyKnow() {
        for (int i = 0; i < 5; i++) {
            log.note(EventType.LEADER, i, "leader {}", i);
        }
        var page = log.after(3);
        assertThat(page.events()).extracting(MemberEvent::sequence).containsExactly(4L, 5L);
        assertThat(page.oldest()).isEqualTo(1);
        assertThat(page.newest()).isEqualTo(5);
        assertThat(log.after(5).events()).isEmpty();
        assertThat(log.after(Long.MAX_VALUE).events()).isEmpty();
    }

    @Test
    void logOfAnotherStartHasAnotherRun() {
        clock.advanceMillis(1);
        assertThat(new EventLog(clock).after(0).run()).isNotEqualTo(log.after(0).run());
        assertThat(log.after(0)).isEqualTo(new MemberEvents.Page(log.after(0).run(), 0, 0, List.of()));
    }

    @Test
    void textsAreCutWithoutBreakingACharacter() {
        log.note(EventType.FAILURE, 1, "{}", "x".repeat(998) + "\uD83D\uDE00".repeat(400));
        String text = all().get(0).text();
        assertThat(text).hasSize(999).endsWith("x…");
    }

    @Test
    void causeIsSaidUnlessItWas() {
        log.warn(
                NOPLogger.NOP_LOGGER, EventType.SNAPSHOT, 2, "not sent to {}", 2, new IllegalStateException("no room"));
        log.warn(
                NOPLogger.NOP_LOGGER,
                EventType.SNAPSHOT,
                2,
                "not sent, {}",
                "no room",
                new IllegalStateException("no room"));
        assertThat(all()).extracting(MemberEvent::text).containsExactly("not sent to 2: no room", "not sent, no room");
    }

    @Test
    void whatComesOftenIsCountedAndBecomesOneEventAMinute() {
        refuse(ONE_BY_ONE + 57);
        assertThat(all()).hasSize(ONE_BY_ONE).allMatch(event -> event.times() == 1);
        clock.advanceMillis(59_999);
        log.tick();
        assertThat(all()).hasSize(ONE_BY_ONE);
        clock.advanceMillis(1);
        log.tick();
        assertThat(all()).hasSize(ONE_BY_ONE + 1);
        var sum = all().get(ONE_BY_ONE);
        assertThat(sum.times()).isEqualTo(57);
        assertThat(sum.text()).isEqualTo("node 2 is refused, once more (57 times since 1970-01-01T00:16:40Z)");
        assertThat(sum.at()).isEqualTo(java.time.Instant.ofEpochMilli(1_000_000));
    }

    @Test
    void stormOfAnyLengthTakesAFewEventsOfWhichTheLastCountsAll() {
        for (int second = 0; second < 3600; second++) {
            refuse(1);
            clock.advanceMillis(1000);
            log.tick();
        }
        assertThat(all()).hasSize(ONE_BY_ONE + 1);
        assertThat(all().get(ONE_BY_ONE).times()).isEqualTo(3600 - ONE_BY_ONE);
        assertThat(log.after(0).newest()).as("those before it are replaced").isEqualTo(ONE_BY_ONE + 60);
    }

    @Test
    void whatComesBackAfterAMinuteIsSaidOneByOneAgain() {
        refuse(ONE_BY_ONE + 2);
        clock.advanceMillis(60_000);
        log.tick();
        clock.advanceMillis(60_000);
        log.tick();
        refuse(1);
        assertThat(all()).hasSize(ONE_BY_ONE + 2);
        assertThat(all().get(ONE_BY_ONE + 1).times()).isEqualTo(1);
    }

    @Test
    void whoReadsSeesWhatWasCountedWithoutATick() {
        refuse(ONE_BY_ONE + 3);
        clock.advanceMillis(60_000);
        assertThat(all()).hasSize(ONE_BY_ONE + 1);
    }

    @Test
    void kindsDifferByNodeTypeAndWords() {
        refuse(ONE_BY_ONE + 5);
        log.warning(EventType.REFUSAL, 3, "node {} is refused, {}", 3, "once more");
        log.warning(EventType.CONNECTION, 2, "node {} is refused, {}", 2, "once more");
        log.warning(EventType.REFUSAL, 2, "something else");
        assertThat(all()).hasSize(ONE_BY_ONE + 3);
    }

    @Test
    void strangersCannotHaveMoreKindsCountedThanThereIsRoomFor() {
        for (int node = 1; node <= 10_000; node++) {
            log.warning(EventType.REFUSAL, node, "node {} is not let in", node);
        }
        assertThat(all()).hasSize(MemberEvents.MAX_EVENTS);
        assertThat(log.countedKinds()).isEqualTo(256);
    }

    @Test
    void whatHappensOftenDoesNotDisplaceWhatHappensSeldom() {
        for (int i = 0; i < 5; i++) {
            log.note(EventType.ELECTION, i, "election {}", i);
        }
        for (int i = 1; i <= 2 * MemberEvents.MAX_EVENTS; i++) {
            log.note(EventType.SNAPSHOT, i, "snapshot {}", i);
        }
        log.note(EventType.LEADER, 1, "leader");
        assertThat(all()).hasSize(MemberEvents.MAX_EVENTS);
        assertThat(all())
                .filteredOn(event -> event.type() == EventType.ELECTION)
                .hasSize(5);
        assertThat(all()).filteredOn(event -> event.type() == EventType.LEADER).hasSize(1);
        assertThat(all().get(5).text()).as("the oldest of the many").isEqualTo("snapshot 1007");
        assertThat(log.after(0).oldest()).isEqualTo(1);
    }

    @Test
    void listenersAreToldUntilTheyAreClosedAndFailOnTheirOwn() {
        var told = new AtomicInteger();
        var broken = log.listen(() -> {
            throw new IllegalStateException("broken");
        });
        var listening = log.listen(told::incrementAndGet);
        log.note(EventType.LIFE, 1, "started");
        assertThat(told).hasValue(1);
        refuse(ONE_BY_ONE);
        assertThat(told).hasValue(1 + ONE_BY_ONE);
        refuse(1);
        assertThat(told).as("only counted").hasValue(1 + ONE_BY_ONE);
        listening.close();
        broken.close();
        log.note(EventType.LIFE, 1, "stopped");
        assertThat(told).hasValue(1 + ONE_BY_ONE);
    }

    @Test
    @Timeout(60)
    void nobodyWaitsForAnotherAndNothingIsLostOrDoubled() throws InterruptedException {
        int reporters = 4;
        int each = 200;
        var begin = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int reporter = 0; reporter < reporters; reporter++) {
            int node = reporter * each + 1;
            threads.add(new Thread(() -> {
                await(begin);
                IntStream.range(0, each).forEach(i -> log.note(EventType.CONNECTION, node + i, "node {}", node + i));
            }));
        }
        threads.forEach(Thread::start);
        begin.countDown();
        var seen = new ArrayList<MemberEvent>();
        while (seen.size() < reporters * each) {
            long last = seen.isEmpty() ? 0 : seen.get(seen.size() - 1).sequence();
            seen.addAll(log.after(last).events());
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(seen).extracting(MemberEvent::node).doesNotHaveDuplicates();
        assertThat(seen)
                .extracting(MemberEvent::sequence)
                .containsExactlyElementsOf(java.util.stream.LongStream.rangeClosed(1, (long) reporters * each)
                        .boxed()
                        .toList());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eachTypeHasAWordByWhichItIsFound() {
        for (EventType type : EventType.values()) {
            assertThat(EventType.ofWord(type.word())).isEqualTo(type);
        }
        assertThat(EventType.HAND_OVER.word()).isEqualTo("hand-over");
        assertThat(EventType.ofWord("HAND_OVER")).isNull();
    }
}
