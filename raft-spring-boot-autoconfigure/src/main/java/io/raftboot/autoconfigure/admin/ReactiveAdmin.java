package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.backup.BackupPublisher;
import io.raftboot.autoconfigure.http.AdminAccess;
import io.raftboot.autoconfigure.http.Caller;
import io.raftboot.autoconfigure.http.ReactiveCaller;
import io.raftboot.autoconfigure.stream.ReactiveStream;
import io.raftboot.notice.QuietLogger;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The calls by way of WebFlux. Waits on no thread; answers are written on one of Reactor's, as the member's must not be held up. */
final class ReactiveAdmin implements WebHandler {
    private final Logger log = QuietLogger.of(ReactiveAdmin.class);
    private final AdminHandler handler;
    private final AdminAccess access;

    ReactiveAdmin(AdminHandler handler, AdminAccess access) {
        this.handler = handler;
        this.access = access;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return exchange.getPrincipal()
                .map(Optional::<Principal>of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(user -> handle(exchange, ReactiveCaller.of(exchange, user.orElse(null))));
    }

    private Mono<Void> handle(ServerWebExchange exchange, Caller caller) {
        AdminAccess.Denial denial = access.check(caller);
        if (denial != null) {
            return write(
                    exchange, AdminAnswer.denied(exchange.getRequest().getURI().getRawPath(), denial));
        }
        return body(exchange)
                .flatMap(bytes -> answer(handler.handle(request(exchange, caller, bytes))))
                .publishOn(Schedulers.parallel())
                .flatMap(answer -> write(exchange, answer));
    }

    /** Whoever asked may be gone before there is an answer, and nobody would let go of what is to be downloaded. */
    private Mono<AdminAnswer> answer(CompletableFuture<AdminAnswer> coming) {
        return Mono.fromFuture(coming, true).doOnCancel(() -> {
            var unused = coming.thenAccept(this::letGo);
        });
    }

    private void letGo(AdminAnswer answer) {
        var download = answer.download();
        if (download != null) {
            try {
                download.close();
            } catch (IOException e) {
                log.warn("A backup that nobody waits for could not be closed", e);
            }
        }
    }

    private static AdminRequest request(ServerWebExchange exchange, Caller caller, byte[] body) {
        var request = exchange.getRequest();
        String[] path = AdminRequest.split(request.getURI().getRawPath());
        var headers = request.getHeaders();
        return new AdminRequest(
                request.getMethod().name(),
                path[0],
                path[1],
                request.getURI().getRawQuery(),
                new AdminRequest.Content(headers.getFirst("Content-Type"), body),
                new AdminRequest.Headers(
                        headers.getFirst("Idempotency-Key"),
                        headers.getFirst("Accept"),
                        headers.getFirst("Last-Event-ID")),
                caller.name());
    }

    /** One byte more than a body may have stands for any that has more. */
    private static Mono<byte[]> body(ServerWebExchange exchange) {
        return DataBufferUtils.join(exchange.getRequest().getBody(), AdminRequest.MAX_BODY_BYTES)
                .map(ReactiveAdmin::bytes)
                .defaultIfEmpty(new byte[0])
                .onErrorReturn(DataBufferLimitException.class, new byte[AdminRequest.MAX_BODY_BYTES + 1]);
    }

    private static byte[] bytes(DataBuffer buffer) {
        var bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private Mono<Void> write(ServerWebExchange exchange, AdminAnswer answer) {
        var response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        response.getHeaders().set("Cache-Control", "no-store");
        answer.headers().forEach(response.getHeaders()::set);
        var download = answer.download();
        if (download != null) {
            response.getHeaders().setContentType(MediaType.parseMediaType(answer.type()));
            if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
                letGo(answer);
                return response.setComplete();
            }
            return response.writeWith(BackupPublisher.of(download, response.bufferFactory()));
        }
        var stream = answer.stream();
        if (stream != null) {
            response.getHeaders().setContentType(MediaType.parseMediaType(answer.type()));
            var opened = ReactiveStream.open(stream.sender(), stream.feed(), response);
            return opened == null ? write(exchange, stream.tooMany()) : opened;
        }
        byte[] bytes = answer.bytes();
        if (bytes.length == 0) {
            return response.setComplete();
        }
        response.getHeaders().setContentType(MediaType.parseMediaType(answer.type()));
        response.getHeaders().setContentLength(bytes.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }
}
