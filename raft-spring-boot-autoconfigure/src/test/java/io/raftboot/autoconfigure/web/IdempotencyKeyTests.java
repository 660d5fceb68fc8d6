package io.raftboot.autoconfigure.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.testing.Echo;
import io.raftboot.testing.FakeReplica;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class IdempotencyKeyTests {
    private final FakeReplica fake = FakeReplica.of(Map.of("echo", new Echo()));
    private final RaftTemplate template = new RaftTemplate(fake.replica(), new JsonRaftCodec());
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new TwoCommands(template))
            .addInterceptors(new IdempotencyKeyInterceptor())
            .build();

    @Test
    void headerNamesTheCommandsOfTheRequestInTheirOrder() throws Exception {
        mvc.perform(post("/two").header("Idempotency-Key", "k1")).andExpect(status().isOk());
        mvc.perform(post("/two").header("Idempotency-Key", "k2")).andExpect(status().isOk());
        assertThat(fake.keys).containsExactly("k1", "k1#2", "k2", "k2#2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/callable", "/mono", "/stream"})
    void keyComesToTheThreadThatWorksForTheRequest(String path) throws Exception {
        // As the auto-configuration does it.
        assertThat(new RaftWebAutoConfiguration().raftIdempotencyKeys()).isNotNull();
        for (String key : List.of("k1", "k2")) {
            var begun = mvc.perform(post(path).header("Idempotency-Key", key))
                    .andExpect(request().asyncStarted())
                    .andReturn();
            begun.getAsyncResult();
            mvc.perform(asyncDispatch(begun)).andExpect(status().isOk());
        }
        mvc.perform(asyncDispatch(mvc.perform(post(path)).andReturn()));
        assertThat(fake.keys).containsExactly("k1", "k1#2", "k2", "k2#2");
        assertThat(fake.events).hasSize(6);
    }

    @Test
    void scopeIsCarriedToExecutorsOfTheApplication() throws Exception {
        for (TaskDecorator decorator :
                List.<TaskDecorator>of(RaftCallScope::carry, new ContextPropagatingTaskDecorator())) {
            fake.keys.clear();
            Thread thread;
            try (var scope = RaftCallScope.open(RaftCallOptions.defaults().withIdempotencyKey("k"))) {
                assertThat(scope).isNotNull();
                thread = new Thread(decorator.decorate(new TwoCommands(template)::two));
            }
            thread.start();
            thread.join();
            new TwoCommands(template).two();
            assertThat(fake.keys).containsExactly("k", "k#2");
        }
    }

    @Test
    void requestWithoutTheHeaderAndReadsAreAsEver() throws Exception {
        mvc.perform(post("/two")).andExpect(status().isOk());
        mvc.perform(get("/two").header("Idempotency-Key", "k")).andExpect(status().isOk());
        assertThat(fake.keys).isEmpty();
        assertThat(fake.events).hasSize(4);
    }

    @Test
    void usersHaveKeysOfTheirOwn() throws Exception {
        Principal longName = () -> "ü".repeat(300);
        mvc.perform(post("/two").header("Idempotency-Key", "k").principal(() -> "ann"));
        mvc.perform(post("/two").header("Idempotency-Key", "k").principal(longName));
        assertThat(fake.keys).hasSize(4).doesNotHaveDuplicates().allMatch(key -> key.length() < 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "ü"})
    void unusableKeyIsRefusedBeforeAnythingIsProposed(String key) throws Exception {
        mvc.perform(post("/two").header("Idempotency-Key", key)).andExpect(status().isBadRequest());
        mvc.perform(post("/two").header("Idempotency-Key", "k".repeat(129))).andExpect(status().isBadRequest());
        assertThat(fake.events).isEmpty();
    }

    @Test
    void problemSaysWhatAKeyIs() throws Exception {
        MockMvcBuilders.standaloneSetup(new TwoCommands(template))
                .addInterceptors(new IdempotencyKeyInterceptor())
                .setControllerAdvice(new RaftProblemAdvice())
                .build()
                .perform(post("/two").header("Idempotency-Key", "a b"))
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.detail")
                        .value("Idempotency-Key must have 1 to 128 visible ASCII characters, a UUID for example"))
                .andExpect(jsonPath("$.outcome").value("refused"));
    }

    @Test
    void keyOfTheCallGoesBeforeThatOfTheScope() {
        try (var scope = RaftCallScope.open(RaftCallOptions.defaults().withIdempotencyKey("outer"))) {
            assertThat(scope).isNotNull();
            template.submitAndWait(
                    "echo", new byte[0], RaftCallOptions.defaults().withIdempotencyKey("own"));
            try (var inner = RaftCallScope.open(RaftCallOptions.defaults().withIdempotencyKey("inner"))) {
                assertThat(inner).isNotNull();
                template.submitAndWait("echo", new byte[0], RaftCallOptions.defaults());
            }
            template.submitAndWait("echo", new byte[0], RaftCallOptions.defaults());
        }
        template.submitAndWait("echo", new byte[0], RaftCallOptions.defaults());
        assertThat(fake.keys).containsExactly("own", "inner", "outer");
    }

    @RestController
    static class TwoCommands {
        private final RaftTemplate template;

        TwoCommands(RaftTemplate template) {
            this.template = template;
        }

        @RequestMapping("/two")
        void two() {
            template.submitAndWait("echo", new byte[] {1}, RaftCallOptions.defaults());
            template.submitAndWait("echo", new byte[] {2}, RaftCallOptions.defaults());
        }

        @RequestMapping("/callable")
        Callable<String> callable() {
            return this::call;
        }

        @RequestMapping("/mono")
        Mono<String> mono() {
            return Mono.fromCallable(this::call).subscribeOn(Schedulers.boundedElastic());
        }

        @RequestMapping("/stream")
        StreamingResponseBody stream() {
            return out -> out.write(call().getBytes(UTF_8));
        }

        private String call() {
            two();
            return "called";
        }
    }
}
