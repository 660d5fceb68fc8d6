package io.raftboot.autoconfigure.actuate;

import io.raftboot.api.TransferOutcome;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/** Gives the answers of {@link RaftEndpoint} their HTTP status. */
@EndpointWebExtension(endpoint = RaftEndpoint.class)
public final class RaftEndpointWebExtension {
    private static final int STATUS_CONFLICT = 409;
    private static final int STATUS_GATEWAY_TIMEOUT = 504;

    private final RaftEndpoint endpoint;

    public RaftEndpointWebExtension(RaftEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Answers with 503 where stopping this member would take the group down, so that a script needs the status alone. */
    @ReadOperation
    public WebEndpointResponse<?> answer(@Selector String question) {
        if (!RaftEndpoint.QUORUM_CRITICAL.equals(question)) {
            return answer(WebEndpointResponse.STATUS_NOT_FOUND, "message", "there is no question '" + question + "'");
        }
        QuorumAnswer answer = endpoint.answer(question);
        return new WebEndpointResponse<>(
                answer,
                answer.critical() ? WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE : WebEndpointResponse.STATUS_OK);
    }

    @WriteOperation
    public WebEndpointResponse<Map<String, @Nullable Object>> act(@Selector String action, @Nullable Long to) {
        if (!RaftEndpoint.TRANSFER_LEADERSHIP.equals(action)) {
            return answer(WebEndpointResponse.STATUS_NOT_FOUND, "message", "there is no action '" + action + "'");
        }
        TransferOutcome outcome = endpoint.act(action, to);
        if (outcome instanceof TransferOutcome.Transferred transferred) {
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            body.put("leader", transferred.leaderId());
            body.put("term", transferred.term());
            return new WebEndpointResponse<>(body, WebEndpointResponse.STATUS_OK);
        }
        if (outcome instanceof TransferOutcome.NotLeader other) {
            Map<String, @Nullable Object> body = new LinkedHashMap<>();
            body.put("leader", other.leaderId());
            body.put(
                    "message",
                    other.leaderId() == null
                            ? "this member does not lead, and knows no leader"
                            : "this member does not lead; ask member " + other.leaderId());
            return new WebEndpointResponse<>(body, STATUS_CONFLICT);
        }
        if (outcome instanceof TransferOutcome.InvalidTarget invalid) {
            return answer(WebEndpointResponse.STATUS_BAD_REQUEST, "message", invalid.message());
        }
        return answer(STATUS_GATEWAY_TIMEOUT, "message", ((TransferOutcome.TimedOut) outcome).message());
    }

    private static WebEndpointResponse<Map<String, @Nullable Object>> answer(int status, String key, String value) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put(key, value);
        return new WebEndpointResponse<>(body, status);
    }
}
