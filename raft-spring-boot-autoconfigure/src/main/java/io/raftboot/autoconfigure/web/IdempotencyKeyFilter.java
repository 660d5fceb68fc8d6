package io.raftboot.autoconfigure.web;

import io.raftboot.spring.RaftCallScope;
import io.raftboot.spring.call.RaftCallScopeAccessor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Makes a request with an {@code Idempotency-Key} header safe to send again: each command that its handler calls, on whichever
 * threads Reactor carries its context to, is applied once. The last filter, so that the user is known.
 */
final class IdempotencyKeyFilter implements WebFilter, Ordered {
    private final boolean propagates;
    private final @Nullable RaftProblemAdvice problems;

    private IdempotencyKeyFilter(boolean propagates, @Nullable RaftProblemAdvice problems) {
        this.propagates = propagates;
        this.problems = problems;
    }

    /** The filter where Reactor carries what is in its context to each thread by itself. */
    static IdempotencyKeyFilter withContextPropagation(@Nullable RaftProblemAdvice problems) {
        return new IdempotencyKeyFilter(true, problems);
    }

    static IdempotencyKeyFilter withoutContextPropagation(@Nullable RaftProblemAdvice problems) {
        ScopeHandOver.bySchedulers();
        return new IdempotencyKeyFilter(false, problems);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        var request = exchange.getRequest();
        String key;
        try {
            key = IdempotencyKey.of(
                    request.getMethod().name(), request.getHeaders().getFirst(IdempotencyKey.HEADER));
        } catch (UnusableKeyException e) {
            return problems == null ? Mono.error(e) : write(problems.problem(e), exchange);
        }
        return key == null
                ? chain.filter(exchange)
                : exchange.getPrincipal()
                        .map(user -> IdempotencyKey.scope(key, user))
                        .switchIfEmpty(Mono.fromSupplier(() -> IdempotencyKey.scope(key, null)))
                        .flatMap(scope -> within(scope, exchange, chain));
    }

    private Mono<Void> within(RaftCallScope scope, ServerWebExchange exchange, WebFilterChain chain) {
        Mono<Void> rest = propagates
                ? chain.filter(exchange)
                : ScopeHandOver.subscribed(
                        chain.filter(exchange.mutate()
                                .request(ScopeHandOver.received(exchange.getRequest(), scope))
                                .response(ScopeHandOver.answered(exchange.getResponse(), scope))
                                .build()),
                        scope);
        return rest.contextWrite(context -> context.put(RaftCallScopeAccessor.KEY, scope));
    }

    /** Writes a problem as the advice would be written, which is only asked for what handlers throw. */
    private static Mono<Void> write(ProblemDetail problem, ServerWebExchange exchange) {
        return ServerResponse.status(problem.getStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyValue(problem)
                .flatMap(response -> response.writeTo(exchange, new Writers(HandlerStrategies.withDefaults())));
    }

    private record Writers(HandlerStrategies strategies) implements ServerResponse.Context {
        @Override
        public List<HttpMessageWriter<?>> messageWriters() {
            return strategies.messageWriters();
        }

        @Override
        public List<ViewResolver> viewResolvers() {
            return strategies.viewResolvers();
        }
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
