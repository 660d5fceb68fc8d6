package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.raftboot.spring.call.RaftCallScopeAccessor;
import org.junit.jupiter.api.Test;

/** WebFlux as it is by default. */
class WebFluxCallsTests extends WebFluxCalls {
    WebFluxCallsTests() {
        super(Mode.AUTO);
    }

    @Test
    void keyComesToWhatFollowsTheAnswerOfAnother() {
        long first = post("/elsewhere", "elsewhere");
        assertThat(post("/elsewhere", "elsewhere")).isEqualTo(first);
        assertThat(post("/elsewhere", null)).isEqualTo(first + 2);
    }

    @Test
    void scopeIsKnownToContextPropagation() {
        assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
                .hasAtLeastOneElementOfType(RaftCallScopeAccessor.class);
    }
}
