package io.raftboot.demo.playground;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came of a write.
 *
 * @param through member that was asked
 * @param millis until it was known, in milliseconds
 * @param index of its entry in the log; null where the answer has none
 * @param detail why it was not done; null if it was
 */
record CallResult(CallOutcome outcome, long through, double millis, @Nullable Long index, @Nullable String detail) {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What an answer says. */
    static CallResult of(HttpResponse<String> answer, long through, double millis) {
        JsonNode body = json(answer.body());
        int status = answer.statusCode();
        if (status / 100 == 2) {
            JsonNode index = body.get("index");
            return new CallResult(
                    CallOutcome.ACKNOWLEDGED, through, millis, index == null ? null : index.asLong(), null);
        }
        String detail = text(body, "detail");
        String words = detail == null ? "member " + through + " answers " + status : detail;
        CallOutcome outcome = outcome(text(body, "outcome"), status);
        return new CallResult(outcome, through, millis, null, words);
    }

    private static CallOutcome outcome(@Nullable String written, int status) {
        if (written != null) {
            switch (written) {
                case "refused" -> {
                    return CallOutcome.REFUSED;
                }
                case "applied" -> {
                    return CallOutcome.FORBIDDEN;
                }
                default -> {
                    return CallOutcome.UNKNOWN;
                }
            }
        }
        return status < 500 ? CallOutcome.REFUSED : CallOutcome.UNKNOWN;
    }

    /** What is known where no answer came. */
    static CallResult of(Throwable failure, long through, double millis) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new CallResult(
                    CallOutcome.REFUSED, through, millis, null, "nobody answers on the port of member " + through);
        }
        String words = cause instanceof HttpTimeoutException
                ? "member " + through + " did not answer in time"
                : "the connection to member " + through + " broke";
        return new CallResult(CallOutcome.UNKNOWN, through, millis, null, words);
    }

    private static JsonNode json(String body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    private static @Nullable String text(JsonNode body, String field) {
        JsonNode value = body.get(field);
        return value == null || !value.isString() ? null : value.stringValue();
    }
}
