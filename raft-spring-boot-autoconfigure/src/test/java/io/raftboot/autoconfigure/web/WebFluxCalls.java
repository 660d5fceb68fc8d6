package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftResult;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import io.raftboot.spring.RaftTemplate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Calls of state machines by a WebFlux application on a server, whether or not Reactor propagates contexts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WebFluxCalls {
    private final Mode mode;

    private ConfigurableApplicationContext application;
    private WebTestClient client;

    enum Mode {
        AUTO,
        LIMITED
    }

    WebFluxCalls(Mode mode) {
        this.mode = mode;
    }

    @BeforeAll
    void start(@TempDir Path directory) {
        Hooks.disableAutomaticContextPropagation();
        Schedulers.resetOnScheduleHook(RaftCallScope.class.getName());
        List<String> arguments =
                new ArrayList<>(List.of("--server.port=0", "--raft.storage=memory", "--raft.data-dir=" + directory));
        if (mode == Mode.LIMITED) {
            arguments.add("--spring.reactor.context-propagation=limited");
        }
        application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .run(arguments.toArray(String[]::new));
        client = WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + application.getEnvironment().getProperty("local.server.port"))
                .build();
    }

    @AfterAll
    void stop() {
        application.close();
        Hooks.disableAutomaticContextPropagation();
    }

    WebTestClient client() {
        return client;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/blocking",
                "/elastic",
                "/body",
                "/value",
                "/flat",
                "/stream",
                "/future",
                "/function",
                "/function-flat"
            })
    void requestSentAgainWithItsKeyIsAppliedOnce(String path) {
        long first = post(path, path.replace("/", "a"));
        assertThat(post(path, path.replace("/", "b"))).isEqualTo(first + 2);
        assertThat(post(path, path.replace("/", "a"))).isEqualTo(first);
        assertThat(post(path, null)).isEqualTo(first + 4);
        assertThat(post(path, null)).isEqualTo(first + 6);
    }

    @Test
    void usersHaveKeysOfTheirOwn() {
        long ann = post("/elastic?user=ann", "shared");
        assertThat(post("/elastic?user=bob", "shared")).isEqualTo(ann + 2);
        assertThat(post("/elastic?user=ann", "shared")).isEqualTo(ann);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/elastic", "/function"})
    void unusableKeyIsRefused(String path) {
        for (String key : List.of("", "a b", "k".repeat(129))) {
            client.post()
                    .uri(path)
                    .header("Idempotency-Key", key)
                    .exchange()
                    .expectStatus()
                    .isBadRequest()
                    .expectHeader()
                    .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                    .expectBody()
                    .jsonPath("$.detail")
                    .isEqualTo("Idempotency-Key must have 1 to 128 visible ASCII characters, a UUID for example")
                    .jsonPath("$.outcome")
                    .isEqualTo("refused");
        }
    }

    @Test
    void eachPartOfAStreamHasItsOwnKey() {
        for (String type : List.of(MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_NDJSON_VALUE)) {
            List<Long> first = stream(type, type.replace('/', '-'));
            assertThat(first).doesNotHaveDuplicates().hasSize(100);
            assertThat(stream(type, type.replace('/', '-'))).isEqualTo(first);
        }
    }

    private List<Long> stream(String type, String key) {
        return Objects.requireNonNull(client.post()
                .uri("/parts")
                .header("Idempotency-Key", key)
                .accept(MediaType.parseMediaType(type))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBodyList(Long.class)
                .returnResult()
                .getResponseBody());
    }

    @Test
    void keyOfAnotherCommandIsRefused() {
        post("/elastic", "reused");
        client.post()
                .uri("/function-add")
                .header("Idempotency-Key", "reused")
                .exchange()
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("KEY_REUSED");
    }

    @Test
    void readsNeedNoKey() {
        client.get()
                .uri("/count")
                .header("Idempotency-Key", "not a key")
                .exchange()
                .expectStatus()
                .isOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/null", "/function-null"})
    void nullArgumentIsABadRequest(String path) {
        client.post()
                .uri(path)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.parameter")
                .isEqualTo("name");
    }

    long post(String path, @Nullable String key) {
        String value = client.post()
                .uri(path)
                .headers(headers -> {
                    if (key != null) {
                        headers.set("Idempotency-Key", key);
                    }
                })
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue("x")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return Long.parseLong(Objects.requireNonNull(value));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        RaftAutoConfiguration.class,
        RaftWebFluxAutoConfiguration.class,
        TaskExecutionAutoConfiguration.class,
        ReactorAutoConfiguration.class,
        HttpHandlerAutoConfiguration.class,
        WebFluxAutoConfiguration.class,
        NettyReactiveWebServerAutoConfiguration.class
    })
    @Import({Counter.class, Api.class})
    static class Application {
        @Bean
        WebFilter users() {
            return (exchange, chain) -> {
                String user = exchange.getRequest().getQueryParams().getFirst("user");
                return user == null
                        ? chain.filter(exchange)
                        : chain.filter(exchange.mutate()
                                .principal(Mono.just(() -> user))
                                .build());
            };
        }

        @Bean
        @SuppressWarnings("NullAway") // null as from a caller that is not checked
        RouterFunction<ServerResponse> routes(Counter counter) {
            return RouterFunctions.route()
                    .POST("/function", request -> ServerResponse.ok()
                            .body(
                                    Mono.fromCallable(counter::twice).subscribeOn(Schedulers.boundedElastic()),
                                    Long.class))
                    .POST("/function-flat", request -> request.bodyToMono(String.class)
                            .publishOn(Schedulers.boundedElastic())
                            .map(body -> counter.twice())
                            .flatMap(value -> ServerResponse.ok().bodyValue(value)))
                    .POST("/function-add", request -> Mono.fromCallable(() -> counter.add("x"))
                            .subscribeOn(Schedulers.boundedElastic())
                            .flatMap(value -> ServerResponse.ok().bodyValue(value)))
                    .POST("/function-null", request -> Mono.fromCallable(() -> counter.add(null))
                            .subscribeOn(Schedulers.boundedElastic())
                            .flatMap(value -> ServerResponse.ok().bodyValue(value)))
                    .build();
        }
    }

    @RaftStateMachine("counter")
    static class Counter {
        private long value;

        @RaftCommand
        long add(String name) {
            return ++value;
        }

        @RaftCommand
        long twice() {
            value += 2;
            return value;
        }

        @RaftQuery
        long value() {
            return value;
        }

        @RaftSnapshot
        long save() {
            return value;
        }

        @RaftRestore
        void load(long saved) {
            value = saved;
        }
    }

    @RestController
    static class Api {
        private final Counter counter;
        private final RaftTemplate template;

        Api(Counter counter, RaftTemplate template) {
            this.counter = counter;
            this.template = template;
        }

        @PostMapping("/blocking")
        long blocking() {
            counter.add("x");
            return counter.add("y");
        }

        @PostMapping("/elastic")
        Mono<Long> elastic() {
            return Mono.fromCallable(counter::twice).subscribeOn(Schedulers.boundedElastic());
        }

        @PostMapping("/body")
        Mono<Long> body(@RequestBody Mono<String> body) {
            return body.publishOn(Schedulers.boundedElastic())
                    .map(text -> counter.add(text) + Math.min(0, counter.add(text)) + 1);
        }

        @PostMapping("/flat")
        Mono<Long> flat() {
            return Mono.fromCallable(() -> counter.add("x"))
                    .subscribeOn(Schedulers.boundedElastic())
                    .flatMap(value ->
                            Mono.fromCallable(() -> counter.add("y")).subscribeOn(Schedulers.boundedElastic()));
        }

        @PostMapping("/future")
        Mono<Long> future() {
            return Mono.fromFuture(
                    () -> template.submit("counter", "twice", Map.of(), Long.class, RaftCallOptions.defaults())
                            .thenApply(RaftResult::get));
        }

        @PostMapping("/value")
        long value(@RequestBody String body) {
            counter.add(body);
            return counter.add(body);
        }

        @PostMapping("/stream")
        Flux<String> stream() {
            return Flux.range(0, 2)
                    .publishOn(Schedulers.boundedElastic())
                    .map(number -> String.valueOf(counter.add("x" + number)))
                    .takeLast(1);
        }

        @PostMapping("/parts")
        Flux<Long> parts() {
            return Flux.range(0, 100).publishOn(Schedulers.boundedElastic(), 1).map(number -> counter.add("x"));
        }

        /** Goes on where the answer of somebody else comes in, which knows nothing of this request. */
        @PostMapping("/elsewhere")
        Mono<Long> elsewhere() {
            return Mono.<String>create(sink -> new Thread(() -> sink.success("x")).start())
                    .publishOn(Schedulers.boundedElastic())
                    .map(answer -> counter.twice());
        }

        @GetMapping("/count")
        Mono<Long> count() {
            return Mono.fromCallable(counter::value).subscribeOn(Schedulers.boundedElastic());
        }

        @PostMapping("/null")
        @SuppressWarnings("NullAway") // as from a caller that is not checked
        long nothing() {
            return counter.add(null);
        }
    }
}
