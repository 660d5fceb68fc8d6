package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.ServletCaller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.HttpRequestHandler;

/** The page by way of servlets. Waits on the request's own thread: those who look are few, and no answer takes longer than seconds. */
final class ServletConsole implements HttpRequestHandler {
    private final ConsoleHandler handler;

    ServletConsole(ConsoleHandler handler) {
        this.handler = handler;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var asked = new ConsoleHandler.Request(
                request.getMethod(), request.getRequestURI(), request.getHeader("If-None-Match"));
        var answer = handler.handle(asked, ServletCaller.of(request, request.getUserPrincipal()))
                .join();
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        if (answer.body().length > 0) {
            response.setContentLength(answer.body().length);
            if (!request.getMethod().equals("HEAD")) {
                response.getOutputStream().write(answer.body());
            }
        }
    }
}
