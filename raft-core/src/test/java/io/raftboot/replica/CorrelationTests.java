package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Consistency;
import io.raftboot.api.ReadOptions;
import io.raftboot.api.ReadOutcome;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.replica.machine.Envelopes;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whatever an answer finds its question by is another one in each run of a member. */
class CorrelationTests {
    private static final int RUNS = 3;

    @Test
    void contextsOfReadsDoNotRepeatOverRestarts() {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            cluster.applied(leader, "a");
            var sent = cluster.transports().record();
            Set<ByteString> contexts = new HashSet<>();
            for (int run = 0; run < RUNS; run++) {
                sent.clear();
                cluster.read(follower, Consistency.LINEARIZABLE);
                var ofThisRun = Set.copyOf(contexts(sent));
                assertThat(ofThisRun).isNotEmpty().noneMatch(contexts::contains);
                contexts.addAll(ofThisRun);
                cluster.replica(follower).stop();
                cluster.renew(follower).start();
            }
        }
    }

    @Test
    void commandsOfOneRunAreNotThoseOfAnother() {
        try (var cluster = TestCluster.onFaultDisks(1, UnaryOperator.identity()).start()) {
            Set<List<Long>> asked = new HashSet<>();
            Set<Long> runs = new HashSet<>();
            for (int run = 0; run < RUNS; run++) {
                cluster.awaitLeader();
                cluster.applied(1, "run" + run);
                cluster.replica(1).stop();
                runs.clear();
                asked.clear();
                for (Entry entry : cluster.logOf(1)) {
                    if (!entry.getData().isEmpty()) {
                        var envelope = Objects.requireNonNull(Envelopes.in(entry, "default"));
                        runs.add(envelope.getAskedRun());
                        assertThat(asked.add(List.of(envelope.getAskedRun(), envelope.getAskedCounter())))
                                .as("commands of a run have one counter each: %s", envelope)
                                .isTrue();
                    }
                }
                assertThat(runs).hasSize(run + 1).doesNotContain(0L);
                cluster.renew(1).start();
            }
        }
    }

    /**
     * A follower asks for a read, and is started anew before the answer. A write is acknowledged meanwhile, by a majority
     * that the heartbeat of the read's round does not reach in time. The late answer tells the index from before the write;
     * it must not be taken for the answer to the first read of the new run.
     */
    @Test
    void answerToAReadOfAnEarlierRunIsNotTakenForOneOfThisRun() {
        try (var cluster = TestCluster.onFaultDisks(3, UnaryOperator.identity()).start()) {
            long leader = cluster.awaitLeader();
            long follower = cluster.otherThan(leader);
            cluster.applied(leader, "w0");
            cluster.awaitCommands(List.of("w0"));
            for (int round = 1; round <= 3; round++) {
                cluster.replica(follower).stop();
                cluster.renew(follower).start();
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> cluster.replica(follower).leaderId() != null);
                var sent = cluster.transports().record();
                sent.clear();
                cluster.transports().lose((from, message) -> isRoundOfAReader(message));
                var unanswered = cluster.replica(follower)
                        .read(LedgerMachine.NAME, new byte[0], ReadOptions.of(Consistency.LINEARIZABLE));
                await().atMost(TestCluster.PATIENCE).until(() -> !contexts(sent).isEmpty());
                cluster.replica(follower).stop();
                assertThat(unanswered).isDone();

                cluster.transports().lose((from, message) -> isRoundOfAReader(message) && message.getTo() != follower);
                cluster.applied(leader, "w" + round);
                cluster.renew(follower).start();
                var read = cluster.replica(follower)
                        .read(LedgerMachine.NAME, new byte[0], ReadOptions.of(Consistency.LINEARIZABLE));
                var outcome = TestCluster.get(read);
                assertThat(outcome).isInstanceOf(ReadOutcome.Answered.class);
                assertThat(new String(
                                ((ReadOutcome.Answered) outcome).value(), java.nio.charset.StandardCharsets.UTF_8))
                        .endsWith("w" + round);
                cluster.transports().loseNothing();
            }
        }
    }

    private static boolean isRoundOfAReader(Message message) {
        return message.getType() == MessageType.MSG_HEARTBEAT
                && !message.getContext().isEmpty();
    }

    private static List<ByteString> contexts(Queue<Message> sent) {
        return sent.stream()
                .filter(message -> message.getType() == MessageType.MSG_READ_INDEX)
                .map(message -> message.getEntries(0).getData())
                .toList();
    }
}
