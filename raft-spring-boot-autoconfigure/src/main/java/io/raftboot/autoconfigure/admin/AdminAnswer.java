package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.backup.BackupDownload;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.http.ProblemDetails;
import io.raftboot.autoconfigure.stream.SseFrame;
import io.raftboot.autoconfigure.stream.StreamFeed;
import io.raftboot.autoconfigure.stream.StreamSender;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer, to be written by whichever server asked.
 *
 * @param headers beside type and length
 * @param body to be written as JSON, or bytes that are JSON; a download, which is closed by who writes it; a stream; null for none
 */
record AdminAnswer(int status, Map<String, String> headers, @Nullable Object body) {
    private static final int FIRST_PROBLEM = 400;

    static AdminAnswer ok(Object body) {
        return new AdminAnswer(200, Map.of(), body);
    }

    static AdminAnswer accepted(String location, Object body) {
        return new AdminAnswer(202, Map.of("Location", location), body);
    }

    /** What a caller is told who is not served. */
    static AdminAnswer denied(String path, AdminAccess.Denial denial) {
        return new AdminAnswer(denial.status(), Map.of(), denial.problem(path));
    }

    /** A backup, which is written as it is read. */
    static AdminAnswer download(BackupDownload download) {
        return new AdminAnswer(200, download.headers(), download);
    }

    /** What is written as it happens, until the reader goes. */
    static AdminAnswer stream(Stream stream) {
        // Proxies that collect what passes through them, as nginx does, would keep events for themselves.
        return new AdminAnswer(200, Map.of("X-Accel-Buffering", "no"), stream);
    }

    /**
     * A stream that is to be opened.
     *
     * @param tooMany what to answer if that can't be
     */
    record Stream(StreamSender sender, StreamFeed feed, AdminAnswer tooMany) {}

    /** What is to be opened; null if the body is none such. */
    @Nullable
    Stream stream() {
        return body instanceof Stream stream ? stream : null;
    }

    /** What is to be written piece by piece; null if the body is at hand. */
    @Nullable
    BackupDownload download() {
        return body instanceof BackupDownload download ? download : null;
    }

    /** Details of what did not go as wanted; null if this is no problem. */
    @SuppressWarnings("unchecked")
    @Nullable
    Map<String, @Nullable Object> problem() {
        return status >= FIRST_PROBLEM && body instanceof Map<?, ?> details
                ? (Map<String, @Nullable Object>) details
                : null;
    }

    /** Media type of the body. */
    String type() {
        if (stream() != null) {
            return SseFrame.TYPE;
        }
        return download() != null
                ? BackupDownload.TYPE
                : status < FIRST_PROBLEM ? "application/json" : ProblemDetails.TYPE;
    }

    byte[] bytes() {
        return body == null ? new byte[0] : body instanceof byte[] bytes ? bytes : Json.write(body);
    }
}
