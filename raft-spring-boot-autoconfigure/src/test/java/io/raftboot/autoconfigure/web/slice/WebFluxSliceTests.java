package io.raftboot.autoconfigure.web.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

import io.raftboot.api.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftRefusedException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A slice with a controller alone answers failures as the whole application does, without a member. */
@WebFluxTest
class WebFluxSliceTests {
    private final WebTestClient client;
    private final ApplicationContext context;

    @MockitoBean
    private Stock stock;

    @Autowired
    WebFluxSliceTests(WebTestClient client, ApplicationContext context, Stock stock) {
        this.client = client;
        this.context = context;
        this.stock = stock;
    }

    @Test
    void sliceHasNoMember() {
        assertThat(context.getBeanProvider(Replica.class).getIfAvailable()).isNull();
        given(stock.add(2)).willReturn(5);
        put().expectStatus().isOk().expectBody(String.class).isEqualTo("5");
    }

    @Test
    void refusalIsTheProblemOfTheWholeApplication() {
        given(stock.add(2)).willThrow(new RaftRefusedException(RefusalReason.NO_LEADER, "nobody leads"));
        put().expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("NO_LEADER")
                .jsonPath("$.outcome")
                .isEqualTo("refused");
    }

    @Test
    void unknownOutcomeIsTold() {
        given(stock.add(2)).willThrow(new RaftOutcomeUnknownException("its end was not seen"));
        put().expectStatus().isEqualTo(504).expectBody().jsonPath("$.outcome").isEqualTo("unknown");
    }

    @Test
    void unusableKeyIsRefused() {
        client.put()
                .uri("/stock/2")
                .header("Idempotency-Key", "two words")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON);
    }

    private WebTestClient.ResponseSpec put() {
        return client.put().uri("/stock/2").exchange();
    }
}
