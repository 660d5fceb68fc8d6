package io.raftboot.demo.playground;

import io.raftboot.demo.pages.PageAnswer;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all that a member serves. What is for the playground is answered here, also while the member is paused; all else waits
 * with it.
 */
final class MemberFilter implements Filter {
    /** Less than the web server has threads, some of which the playground itself needs. */
    private static final int MAX_WAITING = 100;

    private final MemberRun run;
    private final PlaygroundHandler pages;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);

    MemberFilter(MemberRun run, PlaygroundHandler pages) {
        this.run = run;
        this.pages = pages;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var http = (HttpServletRequest) request;
        var asked = new PageRequest(http.getMethod(), http.getRequestURI(), http::getHeader, http::getInputStream);
        PageAnswer answer = pages.answer(asked);
        if (answer == null) {
            answer = wait(asked);
        }
        if (answer == null) {
            chain.doFilter(request, response);
        } else {
            write(answer, http, (HttpServletResponse) response);
        }
    }

    private @Nullable PageAnswer wait(PageRequest asked) {
        if (!waiting.tryAcquire()) {
            return PageAnswer.refusal(
                    503, asked.path(), "this member is paused, and " + MAX_WAITING + " requests wait already");
        }
        try {
            run.gate().pass();
        } finally {
            waiting.release();
        }
        return run.isKilled() ? PageAnswer.refusal(503, asked.path(), "this member was killed") : null;
    }

    private static void write(PageAnswer answer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setContentLength(answer.body().length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(answer.body());
        }
    }
}
