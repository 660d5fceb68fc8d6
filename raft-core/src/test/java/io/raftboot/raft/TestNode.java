package io.raftboot.raft;

import static io.raftboot.raft.TestNodes.config;
import static io.raftboot.raft.TestNodes.storageOf;
import static io.raftboot.raft.TestNodes.store;

import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.HardState;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Node 1 of a group whose other members are played by the test. */
final class TestNode {
    static final long ID = 1;

    private final MemoryStorage storage;
    private final RawNode rawNode;
    private final List<Entry> applied = new ArrayList<>();

    /** A member of a group of that many voters, with nothing behind the snapshot in its log. */
    TestNode(int voters, UnaryOperator<RaftConfig.Builder> settings) {
        this(voters, 0, new long[0], settings);
    }

    /** A member of a group of that many voters that has come back in a term, with entries of these terms in its log. */
    TestNode(int voters, long term, long[] entryTerms, UnaryOperator<RaftConfig.Builder> settings) {
        long[] ids = new long[voters];
        for (int i = 0; i < voters; i++) {
            ids[i] = i + 1L;
        }
        storage = storageOf(ids);
        for (long entryTerm : entryTerms) {
            storage.append(List.of(TestEntries.entry(storage.lastIndex() + 1, entryTerm)));
        }
        storage.setHardState(HardState.newBuilder()
                .setTerm(term)
                .setCommit(TestNodes.SNAPSHOT_INDEX)
                .build());
        rawNode = new RawNode(settings.apply(config(ID, storage)).build());
    }

    RawNode raw() {
        return rawNode;
    }

    MemoryStorage storage() {
        return storage;
    }

    RaftRole role() {
        return rawNode.basicStatus().softState().role();
    }

    long leader() {
        return rawNode.basicStatus().softState().leaderId();
    }

    long term() {
        return rawNode.basicStatus().hardState().getTerm();
    }

    long vote() {
        return rawNode.basicStatus().hardState().getVote();
    }

    long commit() {
        return rawNode.basicStatus().hardState().getCommit();
    }

    List<Entry> applied() {
        return applied;
    }

    /** Begins a message to this node. */
    static Message.Builder messageFrom(long sender, MessageType type, long term) {
        return TestNodes.message(type, sender, ID, term);
    }

    /** Lets a message arrive, and returns what is sent because of it. */
    List<Message> step(Message.Builder message) {
        try {
            rawNode.step(message.build());
        } catch (RaftException e) {
            throw new IllegalStateException(e);
        }
        return settle();
    }

    List<Message> tick(int ticks) {
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < ticks; i++) {
            rawNode.tick();
            sent.addAll(settle());
        }
        return sent;
    }

    List<Message> campaign() {
        rawNode.campaign();
        return settle();
    }

    /** Stores, applies and advances until there is nothing to do; returns what is to be sent. */
    List<Message> settle() {
        List<Message> sent = new ArrayList<>();
        while (rawNode.hasReady()) {
            Ready ready = rawNode.ready();
            store(ready, storage);
            applied.addAll(ready.committedEntries());
            sent.addAll(ready.messages());
            rawNode.advance();
        }
        return sent;
    }

    /** Makes it leader in the next term, by the votes of all others; returns what it sends then. */
    List<Message> elect() {
        campaign();
        List<Message> sent = new ArrayList<>();
        for (long id : rawNode.status().config().voters().ids().toList()) {
            if (id != ID) {
                sent.addAll(step(messageFrom(id, MessageType.MSG_VOTE_RESP, term())));
            }
        }
        return sent;
    }

    /** Lets a member acknowledge entries up to an index. */
    List<Message> acknowledge(long member, long index) {
        return step(messageFrom(member, MessageType.MSG_APP_RESP, term()).setIndex(index));
    }
}
