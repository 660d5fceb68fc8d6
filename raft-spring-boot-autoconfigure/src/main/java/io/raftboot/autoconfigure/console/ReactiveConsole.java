package io.raftboot.autoconfigure.console;

import io.raftboot.autoconfigure.http.ReactiveCaller;
import java.security.Principal;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The page by way of WebFlux. Waits on no thread; answers are written on one of Reactor's, as the member's must not be held up. */
final class ReactiveConsole implements WebHandler {
    private final ConsoleHandler handler;

    ReactiveConsole(ConsoleHandler handler) {
        this.handler = handler;
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
                .flatMap(user -> Mono.fromFuture(
                        () -> handler.handle(asked, ReactiveCaller.of(exchange, user.orElse(null))), true))
                .publishOn(Schedulers.parallel())
                .flatMap(answer -> write(exchange, answer));
    }

    private static Mono<Void> write(ServerWebExchange exchange, ConsoleAnswer answer) {
        var response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(response.getHeaders()::set);
        if (answer.body().length == 0) {
            return response.setComplete();
        }
        response.getHeaders().setContentLength(answer.body().length);
        if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
            return response.setComplete();
        }
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())));
    }
}
