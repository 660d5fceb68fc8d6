package io.raftboot.replica.stage;

import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Message;
import io.raftboot.replica.machine.Members;
import java.util.List;

/** What the apply stage tells the rest of its member. Called on the apply stage; must not block. */
public interface ApplyEvents {
    /** The entries of a MSG_STORAGE_APPLY are applied; these are its responses. */
    void applied(List<Message> responses);

    /** A configuration change is committed; the answer comes by {@link ApplyStage#configured}. */
    void configurationChange(ConfChangeV2 change, long index);

    void membersChanged(Members members);
}
