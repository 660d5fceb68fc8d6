package io.raftboot.demo.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Errors from outside of Spring MVC's handlers, in the same form as all others. */
@RestController
final class ProblemErrorController implements ErrorController {
    private static final int INTERNAL_SERVER_ERROR = 500;

    @RequestMapping("${server.error.path:/error}")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        HttpStatusCode code = HttpStatusCode.valueOf(status instanceof Integer i ? i : INTERNAL_SERVER_ERROR);
        ProblemDetail problem = ProblemDetail.forStatus(code);
        problem.setProperty(
                "outcome", (code.is5xxServerError() ? CommandOutcome.UNKNOWN : CommandOutcome.REFUSED).text());
        return ResponseEntity.of(problem).build();
    }
}
