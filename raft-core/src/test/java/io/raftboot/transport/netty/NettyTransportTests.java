package io.raftboot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.netty.Members.Member;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages and requests between members that are connected. */
class NettyTransportTests {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Members members = new Members();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void deliversInOrderAndTogetherWhatIsSentTogether() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);

        for (int call = 0; call < 100; call++) {
            one.sendAppends(2, call * 20L, call * 20L + 20);
        }

        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(2000));
        assertThat(two.recorder().messages).extracting(Message::getIndex).isSorted();
        assertThat(two.recorder().batchSizes).hasSizeLessThanOrEqualTo(100);
        assertThat(one.recorder().events).doesNotContain("unreachable 2");
    }

    @Test
    void deliversEverythingOfManyCallers() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        int callers = 4;
        int each = 500;
        List<Thread> threads = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
            long first = (long) caller * each;
            threads.add(new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    one.sendAppends(2, first + i, first + i + 1);
                }
            }));
        }

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(callers * each));
        for (int caller = 0; caller < callers; caller++) {
            long first = (long) caller * each;
            assertThat(two.recorder().messages)
                    .extracting(Message::getIndex)
                    .filteredOn(index -> index >= first && index < first + each)
                    .isSorted();
        }
    }

    @Test
    void deliversToEachItsOwn() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Member three = members.start(3);
        Members.connect(one, two, three);

        one.transport().send(List.of(Members.append(1, 2, 20), Members.append(1, 3, 30), Members.append(1, 2, 21)));

        await().untilAsserted(() -> {
            assertThat(two.recorder().messages).extracting(Message::getIndex).containsExactly(20L, 21L);
            assertThat(three.recorder().messages).extracting(Message::getIndex).containsExactly(30L);
        });
    }

    @Test
    void carriesEntriesUnchanged() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        byte[] data = new byte[3 << 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }
        Message large = Members.append(1, 2, 5).toBuilder()
                .addEntries(Entry.newBuilder().setIndex(6).setTerm(3).setData(ByteString.copyFrom(data)))
                .build();

        one.transport().send(List.of(large, Members.append(1, 2, 7)));

        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(2));
        assertThat(two.recorder().messages).containsExactly(large, Members.append(1, 2, 7));
    }

    @Test
    void dropsAMessageThatNoFrameCanHoldAndSaysSo() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        ByteString data =
                ByteString.copyFrom(new byte[TransportOptions.defaults().maxFrameBytes()]);

        one.transport()
                .send(List.of(
                        Members.append(1, 2, 5).toBuilder()
                                .addEntries(Entry.newBuilder().setData(data))
                                .build(),
                        Members.append(1, 2, 7)));

        await().untilAsserted(() -> assertThat(two.recorder().messages).hasSize(1));
        one.awaitEvent("unreachable 2");
    }

    @Test
    void messageThatIsLargerThanTheQueueGetsThroughAlone() throws IOException {
        try (Members narrow = new Members(Members.fast().maxQueuedBytes(1_000).build())) {
            Member one = narrow.start(1);
            Member two = narrow.start(2);
            Members.connect(one, two);
            Message large = Members.append(1, 2, 5).toBuilder()
                    .addEntries(Entry.newBuilder().setData(ByteString.copyFrom(new byte[100_000])))
                    .build();
            one.transport().send(List.of(large));
            await().untilAsserted(() -> assertThat(two.recorder().messages).containsExactly(large));
            // Two at once are one too many.
            one.transport().send(List.of(large, large));
            await().untilAsserted(() -> assertThat(one.recorder().events).contains("unreachable 2"));
            await().untilAsserted(() -> assertThat(two.recorder().messages).containsExactly(large, large));
            CompletableFuture<ByteString> answer =
                    one.transport().request(2, ByteString.copyFrom(new byte[50_000]), Duration.ofSeconds(10));
            await().until(answer::isDone);
            assertThat(answer).isCompleted();
        }
    }

    @Test
    void narrowestQueueLetsOneMessageThroughToEachPeer() throws IOException {
        try (Members narrow = new Members(
                Members.fast().maxQueuedMessages(1).maxQueuedBytes(1).build())) {
            Member one = narrow.start(1);
            Member two = narrow.start(2);
            Member three = narrow.start(3);
            Members.connect(one, two, three);

            one.transport().send(List.of(Members.append(1, 2, 20), Members.append(1, 2, 21), Members.append(1, 3, 30)));

            await().untilAsserted(() -> {
                assertThat(two.recorder().messages)
                        .extracting(Message::getIndex)
                        .containsExactly(20L);
                assertThat(three.recorder().messages)
                        .extracting(Message::getIndex)
                        .containsExactly(30L);
            });
            one.awaitEvent("unreachable 2");
            assertThat(one.recorder().events).doesNotContain("unreachable 3");
        }
    }

    /** Else whoever asks where the members are, once in each election, loses the election by it each time. */
    @Test
    void questionDoesNotTakeTheRoomOfAMessage() throws IOException {
        try (Members narrow = new Members(
                Members.fast().maxQueuedMessages(1).maxQueuedBytes(1).build())) {
            Member one = narrow.start(1);
            Member two = narrow.start(2);
            Members.connect(one, two);

            // Answers come on the transport's own thread, so nothing that is left here is picked up before the end.
            var both = one.transport()
                    .request(2, ByteString.EMPTY, Duration.ofSeconds(10))
                    .thenCompose(first -> {
                        var second = one.transport().request(2, ByteString.EMPTY, Duration.ofSeconds(10));
                        one.transport().send(List.of(Members.append(1, 2, 20)));
                        return second;
                    });

            await().untilAsserted(() -> assertThat(two.recorder().messages)
                    .extracting(Message::getIndex)
                    .containsExactly(20L));
            await().until(both::isDone);
            assertThat(both).isCompleted();
            assertThat(one.recorder().events).doesNotContain("unreachable 2");
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, 1", "127.0.0.1, 0"})
    void whoListensBeyondThisMachineWithoutTlsIsWarned(String host, int warnings) throws IOException {
        try (var log = new LogCapture();
                var transport = new NettyTransport(host, 0, TransportOptions.defaults())) {
            transport.start(Members.identity(1), new Recorder());
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("without TLS") && line.contains("raft.transport.ssl.bundle"))
                    .hasSize(warnings);
        }
    }

    @Test
    void dropsForWhomThereIsNoConnection() throws IOException {
        Member one = members.start(1);

        one.transport().send(List.of(Members.append(1, 9, 1)));

        one.awaitEvent("unreachable 9");
    }

    @Test
    void reachesAMemberThatIsNoPeerOnTheConnectionItOpened() throws IOException {
        Member one = members.start(1);
        Member stranger = members.start(9);
        stranger.transport().setPeers(Map.of(1L, one.address()));
        stranger.awaitEvent("connected 1");

        one.sendAppends(9, 0, 3);

        await().untilAsserted(() -> assertThat(stranger.recorder().messages).hasSize(3));
        assertThat(one.recorder().events).isEmpty();
    }

    @Test
    void dropsMessagesInTheNameOfOthers() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        Message transfer = Message.newBuilder()
                .setType(MessageType.MSG_TRANSFER_LEADER)
                .setFrom(3)
                .setTo(2)
                .build();

        one.transport().send(List.of(Members.append(3, 2, 1), transfer, Members.append(1, 2, 2)));

        await().untilAsserted(
                        () -> assertThat(two.recorder().messages).containsExactly(transfer, Members.append(1, 2, 2)));
    }

    @Test
    void anAnswerFindsItsRequest() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        Members.connect(one, two);
        List<CompletableFuture<ByteString>> answers = new ArrayList<>();

        for (int i = 0; i < 500; i++) {
            answers.add(one.transport().request(2, ByteString.copyFromUtf8("ask " + i), LONG));
        }

        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get(20, TimeUnit.SECONDS).toStringUtf8()).isEqualTo("ask " + i);
        }
    }

    @Test
    void answersMayComeLateAndInAnyOrder() throws Exception {
        Member one = members.start(1);
        Member two = members.start(2);
        ConcurrentLinkedQueue<CompletableFuture<ByteString>> asked = new ConcurrentLinkedQueue<>();
        two.recorder().answer = (payload, response) -> asked.add(response);
        Members.connect(one, two);

        CompletableFuture<ByteString> first = one.transport().request(2, ByteString.copyFromUtf8("1"), LONG);
        await().until(() -> asked.size() == 1);
        CompletableFuture<ByteString> second = one.transport().request(2, ByteString.copyFromUtf8("2"), LONG);
        await().until(() -> asked.size() == 2);
        CompletableFuture<ByteString> toFirst = asked.remove();
        asked.remove().complete(ByteString.copyFromUtf8("to 2"));

        assertThat(second.get(20, TimeUnit.SECONDS).toStringUtf8()).isEqualTo("to 2");
        assertThat(first).isNotDone();
        toFirst.complete(ByteString.copyFromUtf8("to 1"));
        assertThat(first.get(20, TimeUnit.SECONDS).toStringUtf8()).isEqualTo("to 1");
    }

    @Test
    void aRequestWithoutAnswerTimesOut() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        two.recorder().answer = (payload, response) -> {};
        Members.connect(one, two);

        CompletableFuture<ByteString> answer = one.transport().request(2, ByteString.EMPTY, Duration.ofMillis(50));

        assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aFailureAtTheOtherEndIsToldWithItsMessage() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        two.recorder().answer =
                (payload, response) -> response.completeExceptionally(new IllegalStateException("not today"));
        Members.connect(one, two);

        CompletableFuture<ByteString> failed = one.transport().request(2, ByteString.EMPTY, LONG);
        assertThat(failureOf(failed).certainlyNotSent()).isFalse();
        assertThat(failureOf(failed)).hasMessageContaining("not today");

        two.recorder().answer = (payload, response) -> {
            throw new IllegalStateException("broken listener");
        };
        assertThat(failureOf(one.transport().request(2, ByteString.EMPTY, LONG)))
                .hasMessageContaining("could not be handled");
    }

    @Test
    void aRequestThatNeverLeftCertainlyDidNotHappen() throws IOException {
        Member one = members.start(1);

        assertThat(failureOf(one.transport().request(2, ByteString.EMPTY, LONG)).certainlyNotSent())
                .isTrue();

        one.transport().close();
        assertThat(failureOf(one.transport().request(2, ByteString.EMPTY, LONG)).certainlyNotSent())
                .isTrue();
    }

    @Test
    void aRequestWhoseConnectionBrokeMayHaveHappened() throws IOException {
        Member one = members.start(1);
        Member two = members.start(2);
        CountDownLatch asked = new CountDownLatch(1);
        two.recorder().answer = (payload, response) -> asked.countDown();
        Members.connect(one, two);

        CompletableFuture<ByteString> answer = one.transport().request(2, ByteString.EMPTY, LONG);
        await().until(() -> asked.getCount() == 0);
        two.transport().close();

        assertThat(failureOf(answer).certainlyNotSent()).isFalse();
    }

    @Test
    void limitsTheRequestsThatWait() throws IOException {
        try (Members few = new Members(Members.fast().maxPendingRequests(2).build())) {
            Member one = few.start(1);
            Member two = few.start(2);
            two.recorder().answer = (payload, response) -> {};
            Members.connect(one, two);

            var first = one.transport().request(2, ByteString.EMPTY, LONG);
            var second = one.transport().request(2, ByteString.EMPTY, LONG);

            TransportException failure = failureOf(one.transport().request(2, ByteString.EMPTY, LONG));
            assertThat(failure).hasMessageContaining("too many requests");
            assertThat(failure.certainlyNotSent()).isTrue();
            assertThat(List.of(first, second)).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void aListenerThatThrowsLosesNothingButWhatItWasTold() throws IOException {
        Member one = members.start(1);
        Recorder throwing = new Recorder();
        Member two = members.start(Members.identity(2), 0, throwing);
        Members.connect(one, two);
        throwing.onMessages = () -> {
            throwing.onMessages = () -> {};
            throw new IllegalStateException("broken listener");
        };

        one.sendAppends(2, 0, 1);
        await().until(() -> throwing.batchSizes.size() == 1);
        one.sendAppends(2, 1, 2);

        await().untilAsserted(() -> assertThat(throwing.messages).hasSize(1));
        assertThat(one.recorder().events).containsExactly("connected 2");
    }

    static TransportException failureOf(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransportException failure) {
                return failure;
            }
            throw new AssertionError("failed otherwise", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("did not fail", e);
        }
        throw new AssertionError("succeeded");
    }
}
