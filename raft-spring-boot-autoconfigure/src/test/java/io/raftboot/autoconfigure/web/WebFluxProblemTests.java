package io.raftboot.autoconfigure.web;

import io.raftboot.api.RefusalReason;
import io.raftboot.spring.RaftArgumentException;
import io.raftboot.spring.RaftRefusedException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.EnableWebFlux;

class WebFluxProblemTests {
    @Test
    void failedCallsAreTheSameProblemsAsWithMvc() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftWebFluxAutoConfiguration.class))
                .withUserConfiguration(Web.class, Failing.class)
                .run(context -> {
                    var client = WebTestClient.bindToApplicationContext(context).build();
                    client.get()
                            .uri("/null")
                            .exchange()
                            .expectStatus()
                            .isBadRequest()
                            .expectBody()
                            .jsonPath("$.parameter")
                            .isEqualTo("sku");
                    client.get()
                            .uri("/refused")
                            .exchange()
                            .expectStatus()
                            .isEqualTo(503)
                            .expectBody()
                            .jsonPath("$.outcome")
                            .isEqualTo("refused");
                });
    }

    @EnableWebFlux
    static class Web {}

    @RestController
    static class Failing {
        @GetMapping("/null")
        int argument() {
            throw new RaftArgumentException("sku", "parameter 'sku' must not be null", null);
        }

        @GetMapping("/refused")
        int refused() {
            throw new RaftRefusedException(RefusalReason.NO_LEADER, "no leader");
        }
    }
}
