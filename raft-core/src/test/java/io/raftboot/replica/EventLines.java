package io.raftboot.replica;

import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvents;
import java.util.List;

/** What has happened to a member, in lines. */
public final class EventLines {
    private EventLines() {}

    /** Severity and text of those of one type. */
    public static List<String> of(MemberEvents events, EventType type) {
        return events.after(0).events().stream()
                .filter(event -> event.type() == type)
                .map(event -> event.severity() + " " + event.text())
                .toList();
    }
}
