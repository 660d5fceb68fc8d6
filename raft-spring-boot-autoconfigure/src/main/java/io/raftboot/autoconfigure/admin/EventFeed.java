package io.raftboot.autoconfigure.admin;

import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamFeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The events of a member for one reader. First comes which run they are of, so that a reader notices that they are counted anew. Owned by
 * the sender's thread.
 */
final class EventFeed implements StreamFeed {
    /** Name of what comes first. */
    static final String RUN = "run";

    private final MemberEvents events;
    private final Set<EventType> types;
    private long known;
    private boolean begun;

    /** @param known sequence number of the last that the reader knows; 0 for none */
    EventFeed(MemberEvents events, Set<EventType> types, long known) {
        this.events = events;
        this.types = types;
        this.known = known;
    }

    @Override
    public List<byte[]> next(int atMost) {
        var frames = new ArrayList<byte[]>();
        var page = events.after(known);
        if (!begun) {
            begun = true;
            frames.add(SseFrame.event(null, RUN, Json.write(EventsShape.head(page))));
        }
        for (MemberEvent event : page.events()) {
            if (frames.size() == atMost) {
                break;
            }
            known = event.sequence();
            if (types.contains(event.type())) {
                frames.add(SseFrame.event(id(page.run(), known), null, Json.write(EventsShape.event(event))));
            }
        }
        return frames;
    }

    /** What a reader says when it comes back. */
    static String id(String run, long sequence) {
        return run + "-" + sequence;
    }

    /** The sequence number in what a reader says when it comes back; 0, for all, if it is of another run, or was made up. */
    static long sequence(String run, String lastId) {
        String ofThisRun = run + "-";
        if (!lastId.startsWith(ofThisRun)) {
            return 0;
        }
        String number = lastId.substring(ofThisRun.length());
        return number.matches("[0-9]{1,18}") ? Long.parseLong(number) : 0;
    }
}
