package io.raftboot.proof;

import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import java.util.HashMap;
import java.util.Map;

/**
 * S3: entries of equal index and term are the same, and so is all before them. Kept as one table of what was ever seen with an index
 * and term, wherever that was: its content, and the term of the entry before it, which makes all before it the same by induction.
 */
final class LogsMatch extends Invariant {
    private record Place(long index, long term) {}

    private record Seen(long hash, long previousTerm, long member) {}

    private final Map<Place, Seen> entries = new HashMap<>();

    LogsMatch(Violations violations) {
        super(violations);
    }

    @Override
    public void entryForced(long member, long index, long term, long previousTerm, long hash, boolean changesMembers) {
        see(member, index, term, previousTerm, hash);
    }

    @Override
    public void sent(long member, Message message) {
        if (message.getType() != MessageType.MSG_APP) {
            return;
        }
        long previousTerm = message.getLogTerm();
        long index = message.getIndex();
        for (var entry : message.getEntriesList()) {
            index++;
            check(
                    entry.getIndex() == index,
                    member,
                    "entry " + entry.getIndex() + " is sent where " + index + " belongs");
            see(member, index, entry.getTerm(), previousTerm, Hash.of(entry));
            previousTerm = entry.getTerm();
        }
    }

    private void see(long member, long index, long term, long previousTerm, long hash) {
        var known = entries.putIfAbsent(new Place(index, term), new Seen(hash, previousTerm, member));
        if (known == null) {
            return;
        }
        if (known.hash != hash) {
            broken("entry " + index + " of term " + term + " is not the same on both", known.member, member);
        } else if (previousTerm >= 0 && known.previousTerm >= 0 && known.previousTerm != previousTerm) {
            broken(
                    "before entry " + index + " of term " + term + " there is one of term " + known.previousTerm
                            + " and one of term " + previousTerm,
                    known.member,
                    member);
        }
    }
}
