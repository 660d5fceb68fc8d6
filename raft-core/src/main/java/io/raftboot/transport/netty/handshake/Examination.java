package io.raftboot.transport.netty.handshake;

import io.raftboot.transport.proto.Refusal;
import java.util.List;

/** What came of looking at an introduction. */
public sealed interface Examination {
    /** Groups in which this side's listener does not want the other side. */
    List<ServedGroup> turnedAway();

    /** The two can talk to each other, in one group at least. */
    record Agreed(Meeting meeting, List<ServedGroup> turnedAway) implements Examination {}

    /** Nothing comes of it. */
    record Refused(Refusal refusal, List<ServedGroup> turnedAway) implements Examination {}

    static Refused refused(Refusal refusal) {
        return new Refused(refusal, List.of());
    }
}
