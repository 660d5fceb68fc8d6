package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.backup.BackupDownload;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.ServletCaller;
import io.raftboot.autoconfigure.stream.ServletStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.HttpRequestHandler;

/**
 * The calls by way of servlets. Waits on the request's own thread: an operator's calls are few, and each ends by itself, but for streams,
 * which no thread waits for.
 */
final class ServletAdmin implements HttpRequestHandler {
    private final AdminHandler handler;
    private final AdminAccess access;

    ServletAdmin(AdminHandler handler, AdminAccess access) {
        this.handler = handler;
        this.access = access;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var caller = ServletCaller.of(request, request.getUserPrincipal());
        String[] path = AdminRequest.split(request.getRequestURI());
        AdminAccess.Denial denial = access.check(caller);
        if (denial != null) {
            write(response, AdminAnswer.denied(request.getRequestURI(), denial));
            return;
        }
        var content = new AdminRequest.Content(
                request.getContentType(), request.getInputStream().readNBytes(AdminRequest.MAX_BODY_BYTES + 1));
        var answer = handler.handle(new AdminRequest(
                        request.getMethod(),
                        path[0],
                        path[1],
                        request.getQueryString(),
                        content,
                        new AdminRequest.Headers(
                                request.getHeader("Idempotency-Key"),
                                request.getHeader("Accept"),
                                request.getHeader("Last-Event-ID")),
                        caller.name()))
                .join();
        var download = answer.download();
        var stream = answer.stream();
        if (stream != null) {
            open(request, response, answer, stream);
        } else if (download == null) {
            write(response, answer);
        } else {
            write(response, answer, download, request.getMethod().equals("HEAD"));
        }
    }

    private static void open(
            HttpServletRequest request, HttpServletResponse response, AdminAnswer answer, AdminAnswer.Stream stream)
            throws IOException {
        begin(response, answer);
        response.setContentType(answer.type());
        if (!ServletStream.open(stream.sender(), stream.feed(), request, response)) {
            write(response, stream.tooMany());
        }
    }

    private static void write(
            HttpServletResponse response, AdminAnswer answer, BackupDownload download, boolean withoutBody)
            throws IOException {
        try (download) {
            begin(response, answer);
            response.setContentType(answer.type());
            if (!withoutBody) {
                download.writeTo(response.getOutputStream());
            }
        }
    }

    private static void write(HttpServletResponse response, AdminAnswer answer) throws IOException {
        begin(response, answer);
        byte[] bytes = answer.bytes();
        if (bytes.length > 0) {
            response.setContentType(answer.type());
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }
    }

    private static void begin(HttpServletResponse response, AdminAnswer answer) {
        response.setStatus(answer.status());
        response.setHeader("Cache-Control", "no-store");
        answer.headers().forEach(response::setHeader);
    }
}
