package io.raftboot.raft.driver;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.ReadState;
import io.raftboot.raft.proto.ConfChange;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A state machine: the text of all commands, one behind the other; and the reads that wait for it. */
final class Machine {
    private ByteString text = ByteString.EMPTY;
    private long appliedIndex;
    private ConfState confState = ConfState.getDefaultInstance();
    private final List<ReadState> waiting = new ArrayList<>();
    private final Map<String, String> answers = new HashMap<>();

    /** Where configuration changes go. */
    interface Configuration {
        void apply(ConfChange change, Consumer<ConfState> inForce);

        void apply(ConfChangeV2 change, Consumer<ConfState> inForce);
    }

    void install(Snapshot snapshot) {
        text = snapshot.getData();
        appliedIndex = snapshot.getMetadata().getIndex();
        confState = snapshot.getMetadata().getConfState();
        answer();
    }

    void apply(List<Entry> entries, Configuration configuration) {
        for (Entry entry : entries) {
            try {
                switch (entry.getType()) {
                    case ENTRY_NORMAL -> text = text.concat(entry.getData());
                    case ENTRY_CONF_CHANGE ->
                        configuration.apply(ConfChange.parseFrom(entry.getData()), state -> confState = state);
                    case ENTRY_CONF_CHANGE_V2 ->
                        configuration.apply(ConfChangeV2.parseFrom(entry.getData()), state -> confState = state);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a change that the leader let in can be read", e);
            }
            appliedIndex = entry.getIndex();
        }
        answer();
    }

    void read(List<ReadState> states) {
        waiting.addAll(states);
        answer();
    }

    private void answer() {
        waiting.removeIf(state -> {
            boolean ready = state.index() <= appliedIndex;
            if (ready) {
                answers.put(state.requestContext().toStringUtf8(), text.toStringUtf8());
            }
            return ready;
        });
    }

    String text() {
        return text.toStringUtf8();
    }

    ByteString data() {
        return text;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    ConfState confState() {
        return confState;
    }

    /** What a read saw, or null if it has not been answered. */
    Map<String, String> answers() {
        return answers;
    }
}
