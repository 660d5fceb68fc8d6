package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.ServletCaller;
import io.raftboot.autoconfigure.stream.ServletStream;
import io.raftboot.autoconfigure.stream.StreamSender;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.HttpRequestHandler;

/**
 * The page by way of servlets. Waits on the request's own thread, but for streams: those who look are few, and no answer takes longer than
 * seconds.
 */
final class ServletConsole implements HttpRequestHandler {
    private final ConsoleHandler handler;
    private final StreamSender streams;

    ServletConsole(ConsoleHandler handler, StreamSender streams) {
        this.handler = handler;
        this.streams = streams;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var asked = new ConsoleHandler.Request(
                request.getMethod(), request.getRequestURI(), request.getHeader("If-None-Match"));
        var caller = ServletCaller.of(request, request.getUserPrincipal());
        var answer = handler.handle(asked, caller, () -> CompletableFuture.completedFuture(Csrf.of(request)))
                .join()
                .get();
        boolean whole = !request.getMethod().equals("HEAD");
        var feed = answer.feed();
        begin(response, answer);
        if (feed != null && whole) {
            if (!ServletStream.open(streams, feed, request, response)) {
                var full = ConsoleAnswer.tooManyStreams();
                begin(response, full);
                response.getOutputStream().write(full.body());
            }
        } else if (answer.body().length > 0) {
            response.setContentLength(answer.body().length);
            if (whole) {
                response.getOutputStream().write(answer.body());
            }
        }
    }

    private static void begin(HttpServletResponse response, ConsoleAnswer answer) {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
    }
}
