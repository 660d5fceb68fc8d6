package io.raftboot.demo.web;

import io.raftboot.replica.RefusalReason;
import io.raftboot.spring.RaftCommandException;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftRefusedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** All errors, Spring MVC's own among them, as problem details that say whether anything happened. */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(RaftRefusedException failure) {
        HttpStatus status = failure.reason() == RefusalReason.TOO_LARGE
                ? HttpStatus.CONTENT_TOO_LARGE
                : HttpStatus.SERVICE_UNAVAILABLE;
        ProblemDetail problem = problem(status, failure, CommandOutcome.REFUSED);
        problem.setProperty("reason", failure.reason());
        problem.setProperty("retryable", failure.retryable());
        return ResponseEntity.of(problem).build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unknown(RaftOutcomeUnknownException failure) {
        return ResponseEntity.of(problem(HttpStatus.GATEWAY_TIMEOUT, failure, CommandOutcome.UNKNOWN))
                .build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(RaftCommandException failure, WebRequest request) {
        if (isRead(request)) {
            return unexpected(failure, request);
        }
        return ResponseEntity.of(problem(HttpStatus.UNPROCESSABLE_CONTENT, failure, CommandOutcome.APPLIED))
                .build();
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(Exception failure, WebRequest request) {
        LOGGER.error("A request failed: {}", request.getDescription(false), failure);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "the request failed for a reason that the log tells");
        problem.setProperty("outcome", (isRead(request) ? CommandOutcome.REFUSED : CommandOutcome.UNKNOWN).text());
        return ResponseEntity.of(problem).build();
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (body instanceof ProblemDetail problem) {
            // A 4xx comes before anything is proposed; a 5xx of Spring MVC's may come from writing the answer.
            boolean nothingHappened = !status.is5xxServerError() || isRead(request);
            problem.setProperty("outcome", (nothingHappened ? CommandOutcome.REFUSED : CommandOutcome.UNKNOWN).text());
        }
        return super.createResponseEntity(body, headers, status, request);
    }

    private static ProblemDetail problem(HttpStatus status, Exception failure, CommandOutcome outcome) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, String.valueOf(failure.getMessage()));
        problem.setProperty("outcome", outcome.text());
        return problem;
    }

    private static boolean isRead(WebRequest request) {
        return request instanceof ServletWebRequest servlet
                && (HttpMethod.GET.equals(servlet.getHttpMethod()) || HttpMethod.HEAD.equals(servlet.getHttpMethod()));
    }
}
