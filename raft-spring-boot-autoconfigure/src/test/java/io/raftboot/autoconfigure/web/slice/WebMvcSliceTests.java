package io.raftboot.autoconfigure.web.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

import io.raftboot.api.RefusalReason;
import io.raftboot.replica.Replica;
import io.raftboot.spring.RaftOutcomeUnknownException;
import io.raftboot.spring.RaftRefusedException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** A slice with a controller alone answers failures as the whole application does, without a member. */
@WebMvcTest
class WebMvcSliceTests {
    private final MockMvcTester mvc;
    private final ApplicationContext context;

    @MockitoBean
    private Stock stock;

    @Autowired
    WebMvcSliceTests(MockMvcTester mvc, ApplicationContext context, Stock stock) {
        this.mvc = mvc;
        this.context = context;
        this.stock = stock;
    }

    @Test
    void sliceHasNoMember() {
        assertThat(context.getBeanProvider(Replica.class).getIfAvailable()).isNull();
        given(stock.add(2)).willReturn(5);
        assertThat(mvc.put().uri("/stock/2")).hasStatusOk().hasBodyTextEqualTo("5");
    }

    @Test
    void refusalIsTheProblemOfTheWholeApplication() {
        given(stock.add(2)).willThrow(new RaftRefusedException(RefusalReason.NO_LEADER, "nobody leads"));
        var answer = mvc.put().uri("/stock/2").exchange();
        assertThat(answer).hasStatus(503).hasContentTypeCompatibleWith(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer).bodyJson().extractingPath("$.reason").isEqualTo("NO_LEADER");
        assertThat(answer).bodyJson().extractingPath("$.outcome").isEqualTo("refused");
    }

    @Test
    void unknownOutcomeIsTold() {
        given(stock.add(2)).willThrow(new RaftOutcomeUnknownException("its end was not seen"));
        var answer = mvc.put().uri("/stock/2").exchange();
        assertThat(answer).hasStatus(504);
        assertThat(answer).bodyJson().extractingPath("$.outcome").isEqualTo("unknown");
    }
}
