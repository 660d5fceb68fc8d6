package io.raftboot.autoconfigure.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.StaticApplicationContext;

/** Stepped by hand, with readers that are as quick as a test wants. */
class StreamSenderTests {
    private final AtomicLong nowNanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final StaticApplicationContext context = new StaticApplicationContext();
    private final StreamSender sender = new StreamSender(context, nowNanos::get);
    private final List<Reader> readers = new ArrayList<>();

    /** A reader, and what there is for it. Its thread is the sender's alone once it is open, so a test looks at it under its lock. */
    private class Reader extends OpenStream {
        final List<String> read = new ArrayList<>();
        boolean reads = true;
        String end = "";

        Reader(Queue<String> news) {
            super(
                    atMost -> {
                        var frames = new ArrayList<byte[]>();
                        synchronized (sender) {
                            while (frames.size() < atMost && !news.isEmpty()) {
                                frames.add(news.remove().getBytes(UTF_8));
                            }
                        }
                        return frames;
                    },
                    nowNanos.get());
        }

        @Override
        void put(byte[] frame) {
            assertThat(waiting().offer(frame)).isTrue();
        }

        @Override
        void write() {
            synchronized (sender) {
                while (reads && !waiting().isEmpty()) {
                    read.add(new String(waiting().remove(), UTF_8));
                    tookOne();
                }
            }
        }

        @Override
        void complete() {
            synchronized (sender) {
                end = "completed";
            }
        }

        @Override
        void abort() {
            synchronized (sender) {
                end = "aborted";
            }
        }
    }

    private final Queue<String> news = new ArrayDeque<>();

    /** Opened, and stepped by nobody but the test. */
    private Reader open() {
        var reader = new Reader(news);
        assertThat(sender.admit(reader)).isTrue();
        readers.add(reader);
        return reader;
    }

    private void step(long seconds) {
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        sender.step();
    }

    @AfterEach
    void end() {
        sender.destroy();
    }

    @Test
    void readersAreToldWhatIsNewAndAHeartbeatAfterTenSecondsWithout() {
        var reader = open();
        news.add("first");
        step(0);
        step(9);
        assertThat(reader.read).containsExactly("first");
        step(1);
        assertThat(reader.read).containsExactly("first", ":\n\n");
        step(9);
        news.add("second");
        step(0);
        step(9);
        assertThat(reader.read).containsExactly("first", ":\n\n", "second");
    }

    @Test
    void slowReaderIsOfferedNoMoreThanThereIsRoomForAndMissesNothing() {
        var reader = open();
        reader.reads = false;
        for (int i = 0; i < 100; i++) {
            news.add("event " + i);
        }
        step(0);
        assertThat(news).hasSize(100 - StreamFeed.MOST_WAITING);
        reader.reads = true;
        reader.write();
        step(0);
        assertThat(reader.read).hasSize(100).last().isEqualTo("event 99");
    }

    @Test
    void readerThatTakesNothingForThirtySecondsIsClosed() {
        var reader = open();
        reader.reads = false;
        news.add("first");
        step(0);
        step(29);
        assertThat(reader.end).isEmpty();
        step(1);
        assertThat(reader.end).isEqualTo("aborted");
        assertThat(sender.count()).isZero();
    }

    @Test
    void readerThatTakesALittleNowAndThenStays() {
        var reader = open();
        reader.reads = false;
        news.addAll(List.of("first", "second", "third"));
        step(0);
        for (int i = 0; i < 2; i++) {
            step(29);
            reader.waiting().remove();
            reader.tookOne();
            step(1);
        }
        assertThat(reader.end).isEmpty();
        assertThat(sender.count()).isEqualTo(1);
    }

    @Test
    void streamEndsInOrderAfterTenMinutesSoThatItsReaderComesAgain() {
        var reader = open();
        for (int minute = 0; minute < 10; minute++) {
            assertThat(reader.end).isEmpty();
            news.add("minute " + minute);
            step(60);
        }
        assertThat(reader.end).isEqualTo("completed");
        assertThat(sender.count()).isZero();
    }

    @Test
    void endOfTheThreadLeavesNoStreamBehindThatNobodyServes() {
        var reader = new Reader(news) {
            @Override
            void write() {
                throw new NoClassDefFoundError("made up");
            }
        };
        news.add("first");
        assertThat(sender.open(reader)).isTrue();
        await().untilAsserted(() -> assertThat(sender.count()).isZero());
        assertThat(reader.end).isEqualTo("aborted");
        var next = new Reader(news);
        assertThat(sender.open(next)).isTrue();
        synchronized (sender) {
            news.add("second");
        }
        sender.wake();
        await().untilAsserted(() -> {
            synchronized (sender) {
                assertThat(next.read).contains("second");
            }
        });
    }

    @Test
    void readerThatIsGoneMakesRoom() {
        for (int i = 0; i < StreamSender.MAX_STREAMS; i++) {
            open();
        }
        assertThat(sender.admit(new Reader(news))).isFalse();
        readers.get(7).isOverNow();
        step(0);
        open();
        assertThat(sender.count()).isEqualTo(StreamSender.MAX_STREAMS);
    }

    @Test
    void feedThatFailsEndsItsOwnStreamAlone() {
        var broken = new Reader(news) {
            @Override
            void write() {
                throw new IllegalStateException("broken");
            }
        };
        assertThat(sender.admit(broken)).isTrue();
        var sound = open();
        news.addAll(List.of("first"));
        step(0);
        news.addAll(List.of("second"));
        step(0);
        assertThat(broken.end).isEqualTo("aborted");
        assertThat(sound.read).containsExactly("second");
    }

    @Test
    void endOfTheContextEndsAllStreamsInOrderButForReadersThatAreSlow() {
        var quick = open();
        var slow = open();
        slow.reads = false;
        slow.put("waits".getBytes(UTF_8));
        sender.onApplicationEvent(new ContextClosedEvent(new StaticApplicationContext()));
        step(0);
        assertThat(quick.end).as("a context within it").isEmpty();
        sender.onApplicationEvent(new ContextClosedEvent(context));
        step(0);
        assertThat(quick.end).isEqualTo("completed");
        assertThat(slow.end).isEqualTo("aborted");
        assertThat(sender.count()).isZero();
        assertThat(sender.open(new Reader(news))).isFalse();
    }

    @Test
    void threadIsThereWhileThereIsAStream() {
        var reader = new Reader(news);
        assertThat(sender.open(reader)).isTrue();
        synchronized (sender) {
            news.add("first");
        }
        sender.wake();
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            synchronized (sender) {
                assertThat(reader.read).contains("first");
            }
        });
        assertThat(threads()).hasSize(1);
        reader.isOverNow();
        sender.wake();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(threads()).isEmpty());
        assertThat(sender.open(new Reader(news))).isTrue();
        assertThat(threads()).hasSize(1);
        sender.destroy();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("raft-streams"))
                .toList();
    }
}
