package io.raftboot.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.reactive.config.EnableWebFlux;
import reactor.core.publisher.Hooks;

/** WebFlux where Reactor does not carry its context to threads, because it may not, or because the library is not there. */
@ExtendWith(OutputCaptureExtension.class)
class WebFluxWithoutPropagationTests extends WebFluxCalls {
    WebFluxWithoutPropagationTests() {
        super(Mode.LIMITED);
    }

    @Test
    void propagationIsLeftAsItIs() {
        assertThat(Hooks.isAutomaticContextPropagationEnabled()).isFalse();
    }

    @Test
    void whatAKeyDoesNotComeToIsToldAtTheStart(CapturedOutput output) {
        var runner = new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(RaftWebFluxAutoConfiguration.class))
                .withUserConfiguration(Web.class);
        runner.withPropertyValues("spring.reactor.context-propagation=limited")
                .run(context -> assertThat(context).hasSingleBean(IdempotencyKeyFilter.class));
        assertThat(output).contains("spring.reactor.context-propagation is limited: a request's Idempotency-Key");
        runner.withClassLoader(new FilteredClassLoader(ContextRegistry.class))
                .run(context -> assertThat(context).hasSingleBean(IdempotencyKeyFilter.class));
        assertThat(output).contains("io.micrometer:context-propagation is not on the class path");
        runner.withPropertyValues("raft.web.idempotency-key=false")
                .run(context -> assertThat(context).doesNotHaveBean(IdempotencyKeyFilter.class));
        assertThat(Hooks.isAutomaticContextPropagationEnabled()).isFalse();
    }

    @EnableWebFlux
    static class Web {}
}
