package io.raftboot.autoconfigure.console;

import io.raftboot.api.event.MemberEvents;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.Caller;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.autoconfigure.http.ProblemDetails;
import io.raftboot.autoconfigure.members.EventsShape;
import io.raftboot.autoconfigure.stream.StreamSender;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers what is asked at {@code /raft/console} and below, whichever server it came by. Any thread. */
final class ConsoleHandler {
    /** How all are, at once. */
    static final String DATA = "data";

    /** The same as it happens. */
    static final String LIVE = "live";

    /** What has happened to this member. */
    static final String EVENTS = "events";

    /** What is to be sent with a request that changes something. */
    static final String TOKEN = "token";

    private final AdminAccess access;
    private final ConsoleFiles files;
    private final ConsoleData data;
    private final MemberEvents events;
    private final StreamSender streams;

    ConsoleHandler(
            AdminAccess access, ConsoleFiles files, ConsoleData data, MemberEvents events, StreamSender streams) {
        this.access = access;
        this.files = files;
        this.data = data;
        this.events = events;
        this.streams = streams;
        // Not ended before the application is, which has one member.
        var unused = events.listen(streams::wake);
    }

    /**
     * A request.
     *
     * @param path as it was written, with what stands before {@link Paths#CONSOLE}
     * @param known the header {@code If-None-Match}; null if there is none
     */
    record Request(String method, String path, @Nullable String known) {
        /** What is below the page, with the slash before it; the whole path where that is another one. */
        String below() {
            // Servers put a session into the path where the browser takes no cookie.
            int end = path.indexOf(';');
            String plain = end < 0 ? path : path.substring(0, end);
            int at = plain.lastIndexOf(Paths.CONSOLE);
            return at < 0 ? plain : plain.substring(at + Paths.CONSOLE.length());
        }
    }

    /**
     * Answers a request.
     *
     * @param csrf what the application's security wants; asked only for a caller who may see it, as a session may be begun for it
     * @return never completes exceptionally; may complete on a thread that must not be held up, while making the answer takes a while
     */
    CompletableFuture<Supplier<ConsoleAnswer>> handle(
            Request request, Caller caller, Supplier<CompletableFuture<Csrf>> csrf) {
        AdminAccess.Denial denial = access.check(caller);
        if (denial != null) {
            var headers = Map.of("Content-Type", ProblemDetails.TYPE);
            return done(new ConsoleAnswer(denial.status(), headers, denial.problem(request.path())));
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return done(
                    ConsoleAnswer.text(405, request.method() + " is nothing here: changes are made by " + Paths.ADMIN)
                            .with("Allow", "GET, HEAD"));
        }
        String below = request.below();
        return switch (below) {
            // A link of the page is as seen from the page's own place. Relative, for who comes through a proxy.
            case "/" -> done(new ConsoleAnswer(308, Map.of("Location", "../console"), new byte[0]));
            case "/" + DATA -> data();
            case "/" + LIVE -> done(ConsoleAnswer.stream(new LiveFeed(data, events, streams::wake)));
            case "/" + EVENTS -> done(ConsoleAnswer.json(Json.write(happened())));
            case "/" + TOKEN -> csrf.get().thenApply(wanted -> () -> ConsoleAnswer.json(wanted.json()));
            default -> done(file(below, request.known()));
        };
    }

    private ConsoleAnswer file(String below, @Nullable String known) {
        String name = below.isEmpty() ? ConsoleFiles.PAGE : below.substring(1);
        var file = below.equals("/" + ConsoleFiles.PAGE) ? null : files.answer(name, known);
        return file == null
                ? ConsoleAnswer.text(404, "there is nothing below " + Paths.CONSOLE + " of the name '" + name + "'")
                : file;
    }

    private CompletableFuture<Supplier<ConsoleAnswer>> data() {
        return data.now(ConsoleData.FRESH_NANOS)
                .handle((document, failure) -> failure == null
                        ? () -> written(document)
                        : () -> ConsoleAnswer.text(503, ConsoleData.why(failure)));
    }

    private static ConsoleAnswer written(Document document) {
        try {
            return ConsoleAnswer.json(document.whole());
        } catch (RuntimeException e) {
            return ConsoleAnswer.text(503, ConsoleData.why(e));
        }
    }

    private Map<String, @Nullable Object> happened() {
        var page = events.after(0);
        var shape = EventsShape.head(page);
        shape.put(EVENTS, page.events().stream().map(EventsShape::event).toList());
        return shape;
    }

    private static CompletableFuture<Supplier<ConsoleAnswer>> done(ConsoleAnswer answer) {
        return CompletableFuture.completedFuture(() -> answer);
    }
}
