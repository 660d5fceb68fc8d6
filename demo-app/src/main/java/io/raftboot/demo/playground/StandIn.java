package io.raftboot.demo.playground;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.raftboot.demo.pages.PageAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on a member's port while the member does not: the pages, so that one that is open goes on, and to all else that nothing was
 * done. Any thread.
 */
final class StandIn {
    private static final Logger log = LoggerFactory.getLogger(StandIn.class);
    private static final long RETRY_MILLIS = 20;

    private final MemberPort member;
    private final PlaygroundHandler pages;
    private final ExecutorService threads;

    // Guarded by this.

    private boolean wanted;
    private @Nullable HttpServer server;

    /** Which member, and where it is. */
    record MemberPort(long id, int port) {}

    /** @param threads for its requests, and to wait for the port */
    StandIn(MemberPort member, PlaygroundHandler pages, ExecutorService threads) {
        this.member = member;
        this.pages = pages;
        this.threads = threads;
    }

    /** From now on, as soon as the port is free. */
    synchronized void takeOver() {
        if (!wanted) {
            wanted = true;
            threads.execute(this::bindOnceItIsFree);
        }
    }

    /** The port is free when this returns. */
    synchronized void giveWay() {
        wanted = false;
        notifyAll();
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    private synchronized void bindOnceItIsFree() {
        while (wanted && server == null) {
            try {
                var made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), member.port()), 0);
                made.createContext("/", this::answer);
                made.setExecutor(threads);
                made.start();
                server = made;
            } catch (IOException e) {
                log.debug("port {} is not free yet", member.port(), e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.timedWait(this, RETRY_MILLIS);
        } catch (InterruptedException e) {
            wanted = false;
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var asked = new PageRequest(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    exchange.getRequestHeaders()::getFirst,
                    exchange::getRequestBody);
            PageAnswer answer = pages.answer(asked);
            write(exchange, answer == null ? notRunning(asked) : answer);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private PageAnswer notRunning(PageRequest asked) {
        return PageAnswer.refusal(
                503,
                asked.path(),
                "member " + member.id()
                        + " does not run, and the demo answers in its place; start it at http://localhost:"
                        + member.port() + PlaygroundHandler.ROOT + ", or ask another member");
    }

    private static void write(HttpExchange exchange, PageAnswer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        boolean silent = exchange.getRequestMethod().equals("HEAD") || answer.body().length == 0;
        exchange.sendResponseHeaders(answer.status(), silent ? -1 : answer.body().length);
        if (!silent) {
            exchange.getResponseBody().write(answer.body());
        }
    }
}
