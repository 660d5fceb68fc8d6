package io.raftboot.autoconfigure.web;

import io.raftboot.spring.RaftCallScope;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * Hands the scope of a request over between the threads of Reactor without Micrometer's context propagation: to what is subscribed
 * to, what follows the request's body or the demand for the next part of an answer, and what a scheduler is given by any of these.
 * What comes from elsewhere, as the answer to another request does, comes without it.
 */
final class ScopeHandOver {
    private ScopeHandOver() {}

    /** Has all schedulers run each task in the scope of who gave it to them. Once more does no harm. */
    static void bySchedulers() {
        Schedulers.onScheduleHook(RaftCallScope.class.getName(), RaftCallScope::carry);
    }

    /** The same, subscribed to in the scope. */
    static Mono<Void> subscribed(Mono<Void> source, RaftCallScope scope) {
        return new MonoOperator<Void, Void>(source) {
            @Override
            public void subscribe(CoreSubscriber<? super Void> actual) {
                scope.run(() -> source.subscribe(actual));
            }
        };
    }

    /** The same, with a body that comes in the scope: it mostly does after the subscription, from the connection. */
    static ServerHttpRequest received(ServerHttpRequest request, RaftCallScope scope) {
        return new ServerHttpRequestDecorator(request) {
            @Override
            public Flux<DataBuffer> getBody() {
                return passing(super.getBody(), scope);
            }
        };
    }

    /** The same, which asks for the next part of a stream in the scope: what makes it may be called by who asks. */
    static ServerHttpResponse answered(ServerHttpResponse response, RaftCallScope scope) {
        return new ServerHttpResponseDecorator(response) {
            @Override
            public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
                return super.writeWith(body instanceof Mono ? body : passing(Flux.from(body), scope));
            }

            @Override
            public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
                return super.writeAndFlushWith(passing(Flux.from(body), scope));
            }
        };
    }

    private static <T> Flux<T> passing(Flux<T> flux, RaftCallScope scope) {
        return flux.transform(Operators.<T, T>lift((source, actual) -> new InScope<T>(actual, scope)));
    }

    private record InScope<T>(CoreSubscriber<? super T> actual, RaftCallScope scope) implements CoreSubscriber<T> {
        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            actual.onSubscribe(new Subscription() {
                @Override
                public void request(long parts) {
                    scope.run(() -> subscription.request(parts));
                }

                @Override
                public void cancel() {
                    subscription.cancel();
                }
            });
        }

        @Override
        public void onNext(T value) {
            scope.run(() -> actual.onNext(value));
        }

        @Override
        public void onError(Throwable failure) {
            scope.run(() -> actual.onError(failure));
        }

        @Override
        public void onComplete() {
            scope.run(actual::onComplete);
        }
    }
}
