package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.ReactiveCaller;
import io.raftboot.autoconfigure.stream.ReactiveStream;
import io.raftboot.autoconfigure.stream.StreamSender;
import java.security.Principal;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The page by way of WebFlux. Waits on no thread; answers are made on one of Reactor's, as the member's must not be held up. */
final class ReactiveConsole implements WebHandler {
    private final ConsoleHandler handler;
    private final StreamSender streams;

    ReactiveConsole(ConsoleHandler handler, StreamSender streams) {
        this.handler = handler;
        this.streams = streams;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        var request = exchange.getRequest();
        var asked = new ConsoleHandler.Request(
                request.getMethod().name(),
                request.getURI().getRawPath(),
                request.getHeaders().getFirst("If-None-Match"));
        return exchange.getPrincipal()
                .map(Optional::<Principal>of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(user -> answer(exchange, asked, user.orElse(null)))
                .publishOn(Schedulers.parallel())
                .map(Supplier::get)
                .flatMap(answer -> write(exchange, answer));
    }

    private Mono<Supplier<ConsoleAnswer>> answer(
            ServerWebExchange exchange, ConsoleHandler.Request asked, @Nullable Principal user) {
        var caller = ReactiveCaller.of(exchange, user);
        return Mono.fromFuture(
                () -> handler.handle(asked, caller, () -> Csrf.of(exchange).toFuture()), true);
    }

    private Mono<Void> write(ServerWebExchange exchange, ConsoleAnswer answer) {
        var response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(response.getHeaders()::set);
        boolean whole = !HttpMethod.HEAD.equals(exchange.getRequest().getMethod());
        var feed = answer.feed();
        if (feed != null && whole) {
            var opened = ReactiveStream.open(streams, feed, response);
            return opened == null ? write(exchange, ConsoleAnswer.tooManyStreams()) : opened;
        }
        if (answer.body().length == 0) {
            return response.setComplete();
        }
        response.getHeaders().setContentLength(answer.body().length);
        return whole
                ? response.writeWith(
                        Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())))
                : response.setComplete();
    }
}
