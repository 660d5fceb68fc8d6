package io.raftboot.autoconfigure.console;

import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamFeed;
import io.raftboot.notice.QuietLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What one page is told as it happens: how all members are, about once a second, and what happens to this one, at once. Owned by the sender's
 * thread; what is asked for is waited for by nobody.
 */
final class LiveFeed implements StreamFeed {
    /** Name of what has happened, the oldest first. */
    static final String EVENTS = "events";

    /** Name of the reason for which there is no document. */
    static final String FAILURE = "failure";

    /** Events of the time before the page was opened that it is told at once; it asks for the others. */
    static final int EVENTS_AT_FIRST = 200;

    /** Pages open another one before; this is for those that don't. */
    private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Logger log = QuietLogger.of(LiveFeed.class);
    private final ConsoleData data;
    private final MemberEvents events;
    private final Runnable wake;
    private @Nullable String run;
    private long knownEvent;

    /** From which event on the page has been told. */
    private long toldFrom;

    private @Nullable CompletableFuture<Document> coming;
    private @Nullable Document shown;

    /** The one whose history was sent last. */
    private @Nullable Document shownHistory;

    /** What was told of last as having gone wrong. */
    private @Nullable Throwable shownFailure;

    /** Whether something has happened since the members were asked. */
    private boolean hurry;

    /** @param wake has the sender look here again */
    LiveFeed(ConsoleData data, MemberEvents events, Runnable wake) {
        this.data = data;
        this.events = events;
        this.wake = wake;
    }

    @Override
    public long lifeNanos() {
        return LIFE_NANOS;
    }

    @Override
    public List<byte[]> next(int atMost) {
        var frames = new ArrayList<byte[]>();
        happened(frames);
        // A reader that has not taken all yet is told how it is when it has, and not how it was.
        if (atMost == MOST_WAITING) {
            members(frames);
        }
        return frames;
    }

    private void happened(List<byte[]> frames) {
        var page = events.after(knownEvent);
        boolean first = !page.run().equals(run);
        if (first || !page.events().isEmpty()) {
            List<MemberEvent> all = page.events();
            var told = first ? all.subList(Math.max(all.size() - EVENTS_AT_FIRST, 0), all.size()) : all;
            if (first) {
                toldFrom = told.isEmpty() ? page.newest() + 1 : told.get(0).sequence();
            }
            hurry = !first;
            run = page.run();
            knownEvent = page.newest();
            var shape = EventsShape.head(page);
            shape.put("events", told.stream().map(EventsShape::event).toList());
            // One that happens again takes the place of the one before, and others go to make room.
            shape.put("keptFrom", toldFrom);
            shape.put(
                    "kept",
                    events.after(toldFrom - 1).events().stream()
                            .map(MemberEvent::sequence)
                            .toList());
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
                show(document, failure, frames);
                return null;
            });
            if (hurry) {
                wake.run();
            }
        }
    }

    private void show(@Nullable Document document, @Nullable Throwable failure, List<byte[]> frames) {
        try {
            if (failure != null) {
                failed(failure, frames);
            } else if (document != null && document != shown) {
                shown = document;
                show(document, frames);
                shownFailure = null;
            }
        } catch (RuntimeException e) {
            log.warn("The console could not write how the members are", e);
            failed(e, frames);
        }
    }

    private void failed(Throwable failure, List<byte[]> frames) {
        var cause = ConsoleData.cause(failure);
        if (cause != shownFailure) {
            shownFailure = cause;
            frames.add(SseFrame.event(null, FAILURE, Json.write(Map.of("why", ConsoleData.why(cause)))));
        }
    }

    private void show(Document document, List<byte[]> frames) {
        byte[] present = document.presentFrame();
        var last = shownHistory;
        if (last == null || document.hasOtherHistory(last)) {
            frames.add(document.historyFrame());
            shownHistory = document;
        }
        frames.add(present);
    }
}
