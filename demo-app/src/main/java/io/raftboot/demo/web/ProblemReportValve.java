package io.raftboot.demo.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Tomcat refuses before Spring sees it, a malformed address say, in the same form as all other errors. */
final class ProblemReportValve extends ErrorReportValve {
    private static final Logger log = LoggerFactory.getLogger(ProblemReportValve.class);
    private static final int FIRST_ERROR_STATUS = 400;
    private static final int FIRST_SERVER_ERROR_STATUS = 500;

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        if (status < FIRST_ERROR_STATUS || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        CommandOutcome outcome = status < FIRST_SERVER_ERROR_STATUS ? CommandOutcome.REFUSED : CommandOutcome.UNKNOWN;
        try {
            response.setContentType("application/problem+json");
            response.setCharacterEncoding("utf-8");
            response.getReporter()
                    .write("{\"title\":\"The request was refused by the web server\",\"status\":" + status
                            + ",\"outcome\":\"" + outcome.text() + "\"}");
            response.finishResponse();
        } catch (IOException e) {
            log.debug("The connection was gone before the error could be answered", e);
        }
    }
}
