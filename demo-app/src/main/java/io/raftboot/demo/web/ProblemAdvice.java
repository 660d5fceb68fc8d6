package io.raftboot.demo.web;

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

/**
 * Spring MVC's own errors, and what nobody expected, as problem details that say whether anything happened. For replicated
 * calls the starter does that.
 */
@RestControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(Exception failure, WebRequest request) {
        log.error("A request failed: {}", request.getDescription(false), failure);
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

    private static boolean isRead(WebRequest request) {
        return request instanceof ServletWebRequest servlet
                && (HttpMethod.GET.equals(servlet.getHttpMethod()) || HttpMethod.HEAD.equals(servlet.getHttpMethod()));
    }
}
