package io.raftboot.autoconfigure.console;

import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamFeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one page is told as it happens: how all members are, about once a second, and what happens to this one, at once. Owned by the sender's
 * thread; what is asked for is waited for by nobody.
 */
final class LiveFeed implements StreamFeed {
    /** Name of a document without its history. */
    static final String PRESENT = "present";

    /** Name of the history alone, sent when there is more of it. */
    static final String HISTORY = "history";

    /** Name of what has happened, the oldest first. */
    static final String EVENTS = "events";

    /** Name of the reason for which there is no document. */
    static final String FAILURE = "failure";

    /** Events of the time before the page was opened that it is told at once; it asks for the others. */
    static final int EVENTS_AT_FIRST = 200;

    private final ConsoleData data;
    private final MemberEvents events;
    private final Runnable wake;
    private @Nullable String run;
    private long knownEvent;
    private @Nullable CompletableFuture<Document> coming;
    private @Nullable Document shown;

    /** The one whose history was sent last. */
    private @Nullable Document shownHistory;

    /** Whether something has happened since the members were asked. */
    private boolean hurry;

    /** @param wake has the sender look here again */
    LiveFeed(ConsoleData data, MemberEvents events, Runnable wake) {
        this.data = data;
        this.events = events;
        this.wake = wake;
    }

    @Override
    public List<byte[]> next(int atMost) {
        var frames = new ArrayList<byte[]>();
        happened(frames);
        // It is two frames at most, and a reader that is slow had better be told the next one, whole.
        if (atMost - frames.size() >= 2) {
            members(frames);
        }
        return frames;
    }

    private void happened(List<byte[]> frames) {
        var page = events.after(knownEvent);
        if (run == null || !run.equals(page.run()) || !page.events().isEmpty()) {
            List<MemberEvent> all = page.events();
            var told = run == null ? all.subList(Math.max(all.size() - EVENTS_AT_FIRST, 0), all.size()) : all;
            hurry = run != null;
            run = page.run();
            knownEvent = page.newest();
            var shape = EventsShape.head(page);
            shape.put("events", told.stream().map(EventsShape::event).toList());
            frames.add(SseFrame.event(null, EVENTS, Json.write(shape)));
        }
    }

    private void members(List<byte[]> frames) {
        var answer = coming;
        if (answer == null) {
            answer = data.now(hurry ? ConsoleData.HURRY_NANOS : ConsoleData.FRESH_NANOS);
            hurry = false;
            coming = answer;
            if (!answer.isDone()) {
                var unused = answer.whenComplete((document, failure) -> wake.run());
            }
        }
        if (answer.isDone()) {
            coming = null;
            var unused = answer.handle((document, failure) -> {
                if (failure != null) {
                    frames.add(SseFrame.event(null, FAILURE, Json.write(Map.of("why", ConsoleData.why(failure)))));
                } else if (document != shown) {
                    show(document, frames);
                }
                return null;
            });
            if (hurry) {
                wake.run();
            }
        }
    }

    private void show(Document document, List<byte[]> frames) {
        var last = shownHistory;
        if (last == null || document.hasOtherHistory(last)) {
            shownHistory = document;
            frames.add(SseFrame.event(null, HISTORY, document.history()));
        }
        shown = document;
        frames.add(SseFrame.event(null, PRESENT, document.withoutHistory()));
    }
}
