package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.raftboot.api.RefusalReason;
import io.raftboot.spring.NotLeaderException;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftCommandException;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftQueryException;
import io.raftboot.spring.RaftRefusedException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

class RaftProblemAdviceTests {
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new Failing())
            .setControllerAdvice(new RaftProblemAdvice())
            .build();

    @ParameterizedTest
    @CsvSource({
        "no-leader, 503, refused",
        "timed-out, 503, refused",
        "invalid, 400, refused",
        "too-large, 413, refused",
        "argument, 400, refused",
        "not-leader, 503, refused",
        "unknown, 504, unknown",
        "failed, 422, applied",
        "query, 500, refused"
    })
    void failedCallSaysWhetherItHappened(String failure, int status, String outcome) throws Exception {
        mvc.perform(put("/{failure}", failure))
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.outcome").value(outcome));
    }

    @Test
    void refusalTellsTheReasonAndWhetherToRetry() throws Exception {
        mvc.perform(put("/no-leader"))
                .andExpect(jsonPath("$.reason").value("NO_LEADER"))
                .andExpect(jsonPath("$.retryable").value(true));
        mvc.perform(put("/argument")).andExpect(jsonPath("$.parameter").value("quantity"));
        mvc.perform(put("/not-leader")).andExpect(jsonPath("$.leader").value(2));
    }

    @Test
    void webApplicationsHaveItUnlessTheySayNo() {
        var runner = new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftWebAutoConfiguration.class));
        runner.run(context -> assertThat(context).hasSingleBean(RaftProblemAdvice.class));
        runner.withPropertyValues("raft.web.problem-details=false")
                .run(context -> assertThat(context).doesNotHaveBean(RaftProblemAdvice.class));
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftWebAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(RaftProblemAdvice.class));
    }

    @RestController
    static class Failing {
        private final Map<String, RuntimeException> failures = Map.of(
                "no-leader", new RaftRefusedException(RefusalReason.NO_LEADER, "nobody leads"),
                "timed-out", new RaftRefusedException(RefusalReason.TIMED_OUT, "too late"),
                "invalid", new RaftRefusedException(RefusalReason.INVALID, "no such command"),
                "too-large", new RaftRefusedException(RefusalReason.TOO_LARGE, "too large"),
                "argument", new RaftArgumentException("quantity", "must not be null", null),
                "not-leader", new NotLeaderException("Jobs.run", 2L),
                "unknown", new RaftOutcomeUnknownException("its end was not seen"),
                "failed", new RaftCommandException("LedgerException", "too low", null),
                "query", new RaftQueryException("broken", new IllegalStateException()));

        @RequestMapping("/{failure}")
        void fail(@PathVariable String failure) {
            throw Objects.requireNonNull(failures.get(failure));
        }
    }
}
