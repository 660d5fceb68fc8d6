package io.raftboot.autoconfigure.admin;

import io.raftboot.api.event.EventType;
import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamSender;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The call for what has happened to this member, at once or as it happens. */
final class EventCalls {
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final String TYPE = "type";

    private final MemberEvents events;
    private final StreamSender sender;
    private final Problems problems;

    EventCalls(MemberEvents events, StreamSender sender, Problems problems) {
        this.events = events;
        this.sender = sender;
        this.problems = problems;
        // Not ended before the application is, which has one member.
        var unused = events.listen(sender::wake);
    }

    List<Route> routes() {
        return List.of(new Route("GET", "events", Set.of(AFTER, LIMIT, TYPE), "", this::events));
    }

    private CompletableFuture<AdminAnswer> events(AdminCall call) {
        var types = types(call);
        long after = after(call);
        int limit = limit(call);
        return CompletableFuture.completedFuture(
                call.request().wants(SseFrame.TYPE) ? stream(call, types, after) : list(types, call, after, limit));
    }

    private AdminAnswer list(Set<EventType> types, AdminCall call, long after, int limit) {
        var page = events.after(after);
        var wanted = page.events().stream()
                .filter(event -> types.contains(event.type()))
                .toList();
        // Whoever reads on wants what follows; whoever does not, what happened last.
        int from = call.parameters().containsKey(AFTER) ? 0 : Math.max(wanted.size() - limit, 0);
        List<MemberEvent> shown = wanted.subList(from, Math.min(from + limit, wanted.size()));
        var body = EventsShape.head(page);
        body.put("events", shown.stream().map(EventsShape::event).toList());
        return AdminAnswer.ok(body);
    }

    private AdminAnswer stream(AdminCall call, Set<EventType> types, long after) {
        if (call.parameters().containsKey(LIMIT)) {
            throw new BadRequestException("limit is for a list, and a stream has no end; leave it out, or ask for JSON"
                    + " with the header Accept: application/json");
        }
        String lastId = call.request().headers().lastEventId();
        long known = lastId == null
                ? after
                : EventFeed.sequence(events.after(Long.MAX_VALUE).run(), lastId);
        return AdminAnswer.stream(new AdminAnswer.Stream(
                sender, new EventFeed(events, types, known), problems.tooManyStreams(call.request())));
    }

    private static Set<EventType> types(AdminCall call) {
        String written = call.parameters().get(TYPE);
        if (written == null) {
            return EnumSet.allOf(EventType.class);
        }
        var types = EnumSet.noneOf(EventType.class);
        for (String word : written.split(",", -1)) {
            var type = EventType.ofWord(word);
            if (type == null) {
                throw new BadRequestException("type is '" + written + "', and '" + word
                        + "' is none; write one of these or several with commas between: "
                        + Arrays.stream(EventType.values()).map(EventType::word).collect(Collectors.joining(", ")));
            }
            types.add(type);
        }
        return types;
    }

    private static long after(AdminCall call) {
        String written = call.parameters().getOrDefault(AFTER, "0");
        if (!written.matches("[0-9]{1,18}")) {
            throw new BadRequestException("after is '" + written
                    + "'; write the sequence number of the last event that you have, a whole number, or leave it out");
        }
        return Long.parseLong(written);
    }

    private static int limit(AdminCall call) {
        String written = call.parameters().getOrDefault(LIMIT, String.valueOf(MemberEvents.MAX_EVENTS));
        if (!written.matches("0*[1-9][0-9]{0,3}") || Integer.parseInt(written) > MemberEvents.MAX_EVENTS) {
            throw new BadRequestException("limit is '" + written + "'; write a whole number from 1 to "
                    + MemberEvents.MAX_EVENTS + ", or leave it out for all");
        }
        return Integer.parseInt(written);
    }
}
