package io.raftboot.replica.stage;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps a request for votes until the candidate's own term and vote are durable.
 *
 * <p>With asynchronous storage the core hands such requests out beside the write. Sent at once, they may outlive a crash
 * that loses the write: the candidate comes back in the older term, with what it had not forced cut off its log, may vote
 * for somebody else in the term it had campaigned in, or campaign in it again and count a grant that was given to its
 * longer log (dissertation section 3.8: term and vote are persisted before anything is sent that depends on them).
 */
final class DurableVotes {
    private DurableVotes() {}

    /**
     * Makes the requests for votes responses of the write that comes with them.
     *
     * @param messages of one Ready
     * @return the same messages where there is no such request; else as they are to be handled
     */
    static List<Message> hold(List<Message> messages) {
        var votes = new ArrayList<Message>(0);
        var rest = new ArrayList<Message>(0);
        for (Message message : messages) {
            (message.getType() == MessageType.MSG_VOTE ? votes : rest).add(message);
        }
        int write = indexOfWrite(rest);
        if (votes.isEmpty() || write < 0) {
            return messages;
        }
        rest.set(write, rest.get(write).toBuilder().addAllResponses(votes).build());
        return rest;
    }

    private static int indexOfWrite(List<Message> messages) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).getType() == MessageType.MSG_STORAGE_APPEND) {
                return i;
            }
        }
        return -1;
    }
}
