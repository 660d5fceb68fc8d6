package io.raftboot.autoconfigure.web;

import io.raftboot.spring.RaftCallScope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.AsyncHandlerInterceptor;

/**
 * Makes a request with an {@code Idempotency-Key} header safe to send again: each command that its handler calls is applied once,
 * on the request's own thread, and on the one that runs what the handler returned as a {@code Callable}.
 */
final class IdempotencyKeyInterceptor implements AsyncHandlerInterceptor {
    /** Attribute of the whole request, which comes here again when a result is there that was waited for elsewhere. */
    private static final String REQUEST = IdempotencyKeyInterceptor.class.getName() + ".request";

    private static final String THREAD = IdempotencyKeyInterceptor.class.getName() + ".thread";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String key = IdempotencyKey.of(request.getMethod(), request.getHeader(IdempotencyKey.HEADER));
        if (key != null) {
            request.setAttribute(THREAD, scope(key, request).resume());
        }
        return true;
    }

    private static RaftCallScope scope(String key, HttpServletRequest request) {
        if (request.getAttribute(REQUEST) instanceof RaftCallScope known) {
            return known;
        }
        var scope = IdempotencyKey.scope(key, request.getUserPrincipal());
        request.setAttribute(REQUEST, scope);
        WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(REQUEST, new OnOtherThread(scope));
        return scope;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        close(request);
    }

    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        close(request);
    }

    private static void close(HttpServletRequest request) {
        if (request.getAttribute(THREAD) instanceof RaftCallScope scope) {
            request.removeAttribute(THREAD);
            scope.close();
        }
    }

    private static final class OnOtherThread implements CallableProcessingInterceptor {
        private final RaftCallScope scope;
        private @Nullable RaftCallScope resumed;

        OnOtherThread(RaftCallScope scope) {
            this.scope = scope;
        }

        @Override
        public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
            resumed = scope.resume();
        }

        /** Comes on the same thread, also if the task failed. */
        @Override
        public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
            if (resumed != null) {
                resumed.close();
                resumed = null;
            }
        }
    }
}
