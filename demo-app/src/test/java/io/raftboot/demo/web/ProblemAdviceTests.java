package io.raftboot.demo.web;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.put;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.raftboot.replica.RefusalReason;
import io.raftboot.spring.RaftCommandException;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftRefusedException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

class ProblemAdviceTests {
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new Failing())
            .setControllerAdvice(new ProblemAdvice())
            .build();

    @ParameterizedTest
    @CsvSource({
        "no-leader, 503, refused",
        "timed-out, 503, refused",
        "too-large, 413, refused",
        "unknown, 504, unknown",
        "failed, 422, applied",
        "bug, 500, unknown"
    })
    void writeThatFailsSaysWhetherItHappened(String failure, int status, String outcome) throws Exception {
        mvc.perform(put("/{failure}", failure))
                .andExpect(status().is(status))
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.outcome").value(outcome));
    }

    @ParameterizedTest
    @CsvSource({"no-leader, 503", "failed, 500", "bug, 500"})
    void readThatFailsHasChangedNothing(String failure, int status) throws Exception {
        mvc.perform(get("/{failure}", failure))
                .andExpect(status().is(status))
                .andExpect(jsonPath("$.outcome").value("refused"));
    }

    @RestController
    static class Failing {
        private final Map<String, RuntimeException> failures = Map.of(
                "no-leader", new RaftRefusedException(RefusalReason.NO_LEADER, "nobody leads"),
                "timed-out", new RaftRefusedException(RefusalReason.TIMED_OUT, "too late"),
                "too-large", new RaftRefusedException(RefusalReason.TOO_LARGE, "too large"),
                "unknown", new RaftOutcomeUnknownException("its end was not seen"),
                "failed", new RaftCommandException("LedgerException", "too low", null),
                "bug", new IllegalStateException("a bug"));

        @RequestMapping("/{failure}")
        void fail(@PathVariable String failure) {
            throw Objects.requireNonNull(failures.get(failure));
        }
    }
}
