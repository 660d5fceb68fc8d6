package io.raftboot.autoconfigure.web;

import io.raftboot.api.RefusalReason;
import io.raftboot.notice.QuietLogger;
import io.raftboot.spring.NotLeaderException;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCommandException;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftQueryException;
import io.raftboot.spring.RaftRefusedException;
import org.slf4j.Logger;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Failed calls as problem details, with {@code outcome}: whether the command happened. Before the advice of an
 * application that has no order, so that its handler of all exceptions does not hide what is known here; an advice with an
 * order of its own comes first.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE - 1)
final class RaftProblemAdvice {
    /** A query fails as often as it is asked: each kind of failure is worth its stack once. */
    private final Logger logger = QuietLogger.of(RaftProblemAdvice.class);

    private static final String REFUSED = "refused";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RaftRefusedException failure) {
        ProblemDetail problem = problem(status(failure.reason()), failure, REFUSED);
        problem.setProperty("reason", failure.reason());
        problem.setProperty("retryable", failure.retryable());
        return ResponseEntity.of(problem).build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unfit(RaftArgumentException failure) {
        ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, failure, REFUSED);
        problem.setProperty("parameter", failure.parameter());
        return ResponseEntity.of(problem).build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unusable(UnusableKeyException failure) {
        return ResponseEntity.of(problem(failure)).build();
    }

    ProblemDetail problem(UnusableKeyException failure) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(failure.getReason()));
        problem.setProperty("outcome", REFUSED);
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> notLeader(NotLeaderException failure) {
        ProblemDetail problem = problem(HttpStatus.SERVICE_UNAVAILABLE, failure, REFUSED);
        problem.setProperty("leader", failure.leaderId());
        return ResponseEntity.of(problem).build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unknown(RaftOutcomeUnknownException failure) {
        return ResponseEntity.of(problem(HttpStatus.GATEWAY_TIMEOUT, failure, "unknown"))
                .build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(RaftCommandException failure) {
        return ResponseEntity.of(problem(HttpStatus.UNPROCESSABLE_CONTENT, failure, "applied"))
                .build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unanswered(RaftQueryException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        logger.error("A query failed by " + cause.getClass().getName(), failure);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "the query failed for a reason that the log tells");
        problem.setProperty("outcome", REFUSED);
        return ResponseEntity.of(problem).build();
    }

    private static HttpStatus status(RefusalReason reason) {
        return switch (reason) {
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case UNKNOWN_MACHINE, INVALID -> HttpStatus.BAD_REQUEST;
            case KEY_REUSED -> HttpStatus.CONFLICT;
            case NO_LEADER,
                    OVERLOADED,
                    NO_SPACE,
                    TRANSFERRING,
                    NOT_RUNNING,
                    TIMED_OUT,
                    TOO_STALE,
                    SESSION_EXPIRED,
                    SESSIONS_EXHAUSTED,
                    NOT_KNOWN_BY_ALL,
                    KEYS_EXHAUSTED -> HttpStatus.SERVICE_UNAVAILABLE;
        };
    }

    private static ProblemDetail problem(HttpStatus status, Exception failure, String outcome) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
        problem.setProperty("outcome", outcome);
        return problem;
    }
}
