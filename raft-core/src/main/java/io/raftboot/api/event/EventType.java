package io.raftboot.api.event;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an event is about. */
public enum EventType {
    /** The member starts, stops, or is started again. */
    LIFE,
    /** An election that the member takes part in: it stands for one, or votes for another member. */
    ELECTION,
    /** Whom the member follows, that it leads, or that it has known no leader for long. */
    LEADER,
    /** The leadership is being handed from one member to another. */
    HAND_OVER,
    /** The configuration, and changes of it. */
    MEMBERS,
    /** Snapshots that are taken, sent and installed. */
    SNAPSHOT,
    /** Who does not accept whom, and messages that no member sends. */
    REFUSAL,
    /** Connections with other members. */
    CONNECTION,
    /** The disk hangs, or has little room. */
    DISK,
    /** The process stood still, or a part of the member does not come on. */
    PAUSE,
    /** The member can't serve though it knows a leader. */
    SERVICE,
    /** The member ends by itself. */
    FAILURE,
    /** The members do not have the same state. */
    DIVERGENCE;

    /** The name in JSON and in queries: lower case, with hyphens. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The type of that name; null if there is none. */
    public static @Nullable EventType ofWord(String word) {
        for (EventType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        return null;
    }
}
