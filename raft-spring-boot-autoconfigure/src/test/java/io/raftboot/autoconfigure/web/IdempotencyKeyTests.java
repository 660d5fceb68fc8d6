package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.raftboot.replica.CommandContext;
import io.raftboot.replica.SnapshotWriter;
import io.raftboot.replica.StateMachine;
import io.raftboot.spring.JsonRaftCodec;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftCallScope;
import io.raftboot.spring.RaftTemplate;
import io.raftboot.testing.FakeReplica;
import java.io.InputStream;
import java.security.Principal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

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
    }

    private static final class Echo implements StateMachine {
        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            return command;
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }

        @Override
        public SnapshotWriter snapshot() {
            return out -> {};
        }

        @Override
        public void restore(InputStream snapshot) {}
    }
}
