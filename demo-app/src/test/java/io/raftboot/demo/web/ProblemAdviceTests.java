package io.raftboot.demo.web;

import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

class ProblemAdviceTests {
    private final MockMvc mvc = MockMvcBuilders.standaloneSetup(new Failing())
            .setControllerAdvice(new ProblemAdvice())
            .build();

    @ParameterizedTest
    @CsvSource({"PUT, unknown", "POST, unknown", "GET, refused"})
    void whatNobodyExpectedMayHaveHappenedUnlessItWasARead(String method, String outcome) throws Exception {
        mvc.perform(request(HttpMethod.valueOf(method), "/bug"))
                .andExpect(status().isInternalServerError())
                .andExpect(content().contentType(MediaType.APPLICATION_PROBLEM_JSON))
                .andExpect(jsonPath("$.outcome").value(outcome));
    }

    @RestController
    static class Failing {
        @RequestMapping("/bug")
        void fail() {
            throw new IllegalStateException("a bug");
        }
    }
}
