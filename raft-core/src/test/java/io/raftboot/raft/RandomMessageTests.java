package io.raftboot.raft;

import static io.raftboot.raft.TestEntries.entry;
import static io.raftboot.raft.TestNodes.SNAPSHOT_INDEX;
import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import io.raftboot.raft.testing.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A node among liars: messages with any type and any numbers. It may believe them, but what it has is a log at any time,
 * and what it has committed stays, until a broken invariant stops it.
 */
class RandomMessageTests {
    private static final int MESSAGES = 2_000;
    private static final int MAX_ENTRIES = 4;
    private static final int FIELD_RANGE = 8;
    private static final List<MessageType> MESSAGE_TYPES = List.of(MessageType.values());
    private static final List<EntryType> ENTRY_TYPES = List.of(EntryType.values());
    private static final long[] EXTREMES = {-1, Long.MIN_VALUE, Long.MAX_VALUE, MessageChecks.MAX_NUMBER, 0};

    private MemoryStorage storage = storageOf(1, 2, 3);
    private RawNode node = new RawNode(config(1, storage).build());

    @TestFactory
    List<DynamicTest> whatIsCommittedStaysAndTheLogHasNoGap() {
        return Seeds.tests("raft.seeds", 20, random -> new RandomMessageTests().run(random));
    }

    private void run(RandomGenerator random) throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            List<Entry> before = committed();
            long firstBefore = node.raft().log().firstIndex();
            Message message = message(random);
            boolean usable = step(random, message);

            assertThatItIsALog(message);
            if (node.raft().log().firstIndex() == firstBefore) {
                List<Entry> after = committed();
                assertThat(after).as("after %s", message).hasSizeGreaterThanOrEqualTo(before.size());
                assertThat(after.subList(0, before.size()))
                        .as("after %s", message)
                        .isEqualTo(before);
            }
            if (!usable || random.nextInt(300) == 0) {
                storage = storageOf(1, 2, 3);
                node = new RawNode(config(1, storage)
                        .checkQuorum(random.nextBoolean())
                        .preVote(random.nextBoolean())
                        .build());
            }
        }
    }

    /** @return whether the node may be used further */
    private boolean step(RandomGenerator random, Message message) {
        try {
            switch (random.nextInt(12)) {
                case 0 -> node.campaign();
                case 1 -> node.tick();
                case 2 -> node.propose(ByteString.copyFromUtf8("p"));
                default -> node.step(message);
            }
            if (random.nextBoolean()) {
                settle();
            }
            return true;
        } catch (RaftException e) {
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void settle() {
        while (node.hasReady()) {
            Ready ready = node.ready();
            if (ready.snapshot() != null) {
                try {
                    storage.applySnapshot(ready.snapshot());
                } catch (SnapshotOutOfDateException e) {
                    throw new AssertionError(e);
                }
            }
            store(ready, storage);
            node.advance();
        }
    }

    private List<Entry> committed() throws CompactedException {
        RaftLog log = node.raft().log();
        return log.slice(log.firstIndex(), log.committedIndex() + 1, RaftConfig.NO_LIMIT);
    }

    private void assertThatItIsALog(Message message) throws CompactedException {
        RaftLog log = node.raft().log();
        long index = log.firstIndex() - 1;
        long term = log.termOrZero(index);
        for (Entry entry : log.entries(index + 1, RaftConfig.NO_LIMIT)) {
            assertThat(entry.getIndex()).as("after %s", message).isEqualTo(++index);
            assertThat(entry.getTerm()).as("after %s", message).isGreaterThanOrEqualTo(term);
            term = entry.getTerm();
        }
        assertThat(log.committedIndex()).isLessThanOrEqualTo(log.lastIndex());
    }

    private Message message(RandomGenerator random) {
        Message.Builder message = Message.newBuilder()
                .setType(MESSAGE_TYPES.get(random.nextInt(MESSAGE_TYPES.size())))
                .setFrom(1 + random.nextInt(4))
                .setTo(1)
                .setTerm(number(random, node.raft().term()))
                .setLogTerm(number(random, node.raft().log().lastTerm()))
                .setIndex(number(random, node.raft().log().lastIndex()))
                .setCommit(number(random, node.raft().log().committedIndex()))
                .setReject(random.nextInt(4) == 0)
                .setRejectHint(number(random, node.raft().log().lastIndex()));
        if (random.nextInt(4) == 0) {
            message.setContext(ByteString.copyFrom(new byte[random.nextInt(12)]));
        }
        if (random.nextInt(3) == 0) {
            message.setSnapshot(snapshot(random));
        }
        addEntries(message, random);
        return message.build();
    }

    /** Mostly a plausible number, otherwise one that lies near it, or an extreme one. */
    private static long number(RandomGenerator random, long plausible) {
        return switch (random.nextInt(8)) {
            case 0 -> EXTREMES[random.nextInt(EXTREMES.length)];
            case 1, 2 -> plausible - FIELD_RANGE / 2 + random.nextInt(FIELD_RANGE);
            default -> plausible;
        };
    }

    private static void addEntries(Message.Builder message, RandomGenerator random) {
        long term = message.getLogTerm();
        for (int i = random.nextInt(MAX_ENTRIES); i > 0; i--) {
            long index = number(random, message.getIndex() + message.getEntriesCount() + 1);
            term = number(random, term);
            message.addEntries(entry(index, term).toBuilder()
                    .setType(ENTRY_TYPES.get(random.nextInt(ENTRY_TYPES.size())))
                    .setData(ByteString.copyFrom(new byte[] {(byte) random.nextInt(), (byte) random.nextInt()})));
        }
    }

    private static Snapshot snapshot(RandomGenerator random) {
        ConfState.Builder confState = ConfState.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            confState.addVoters(1L + random.nextInt(3));
        }
        for (int i = random.nextInt(2); i > 0; i--) {
            confState.addLearners(1L + random.nextInt(4));
        }
        return Snapshot.newBuilder()
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(number(random, SNAPSHOT_INDEX + FIELD_RANGE))
                        .setTerm(number(random, 2))
                        .setConfState(confState))
                .build();
    }
}
