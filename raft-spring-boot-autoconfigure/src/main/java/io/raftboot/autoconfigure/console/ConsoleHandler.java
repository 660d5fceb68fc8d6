package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.Caller;
import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.autoconfigure.http.ProblemDetails;
import io.raftboot.notice.QuietLogger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Answers what is asked at {@code /raft/console} and below, whichever server it came by. Any thread. */
final class ConsoleHandler {
    /** What is below the page. */
    static final String DATA = "data";

    /** Time after which a question is answered in any case; members and leader are waited for a second each. */
    private static final long DEADLINE_SECONDS = 5;

    private final Logger log = QuietLogger.of(ConsoleHandler.class);
    private final AdminAccess access;
    private final ConsoleFiles files;
    private final ConsoleData data;

    ConsoleHandler(AdminAccess access, ConsoleFiles files, ConsoleData data) {
        this.access = access;
        this.files = files;
        this.data = data;
    }

    /**
     * A request.
     *
     * @param path as it was written, with what stands before {@link Paths#CONSOLE}
     * @param known the header {@code If-None-Match}; null if there is none
     */
    record Request(String method, String path, @Nullable String known) {}

    /**
     * Answers a request.
     *
     * @return never completes exceptionally; may complete on a thread that must not be held up
     */
    CompletableFuture<ConsoleAnswer> handle(Request request, Caller caller) {
        AdminAccess.Denial denial = access.check(caller);
        if (denial != null) {
            var headers = Map.of("Content-Type", ProblemDetails.TYPE);
            return done(new ConsoleAnswer(denial.status(), headers, denial.problem(request.path())));
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return done(text(
                    405, request.method() + " is nothing here: the console shows, and changes nothing", "GET, HEAD"));
        }
        int at = request.path().lastIndexOf(Paths.CONSOLE);
        String below = at < 0 ? request.path() : request.path().substring(at + Paths.CONSOLE.length());
        if (below.equals("/")) {
            // A link of the page is as seen from the page's own place. Relative, for who comes through a proxy.
            return done(new ConsoleAnswer(308, Map.of("Location", "../console"), new byte[0]));
        }
        String name = below.isEmpty() ? ConsoleFiles.PAGE : below.substring(1);
        if (name.equals(DATA)) {
            return data();
        }
        var file = below.equals("/" + ConsoleFiles.PAGE) ? null : files.answer(name, request.known());
        return done(
                file == null
                        ? text(404, "there is nothing below " + Paths.CONSOLE + " of the name '" + name + "'", null)
                        : file);
    }

    private CompletableFuture<ConsoleAnswer> data() {
        CompletableFuture<byte[]> now;
        try {
            now = data.now();
        } catch (RuntimeException e) {
            now = CompletableFuture.failedFuture(e);
        }
        return now.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).handle((json, failure) -> {
            if (failure == null) {
                return new ConsoleAnswer(200, Map.of("Content-Type", "application/json"), json);
            }
            log.warn("The console could not be told how the members are", failure);
            return text(503, "this member could not tell how the members are: " + failure, null);
        });
    }

    private static ConsoleAnswer text(int status, String text, @Nullable String allowed) {
        String type = "text/plain;charset=UTF-8";
        return new ConsoleAnswer(
                status,
                allowed == null ? Map.of("Content-Type", type) : Map.of("Content-Type", type, "Allow", allowed),
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static CompletableFuture<ConsoleAnswer> done(ConsoleAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
