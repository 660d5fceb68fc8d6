package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all meters have in common.
 *
 * @param group of state machines: there from the start, as a registry takes no other tags for a name later
 */
record Tags(String group) {
    private static final String GROUP = "group";

    io.micrometer.core.instrument.Tags of(String... more) {
        return io.micrometer.core.instrument.Tags.of(GROUP, group).and(more);
    }

    Timer timer(MeterRegistry registry, String name, String description, String... more) {
        return Timer.builder(name).description(description).tags(of(more)).register(registry);
    }

    Counter counter(MeterRegistry registry, String name, String description, String... more) {
        return Counter.builder(name).description(description).tags(of(more)).register(registry);
    }

    DistributionSummary summary(MeterRegistry registry, String name, String description) {
        return DistributionSummary.builder(name)
                .description(description)
                .tags(of())
                .register(registry);
    }

    void gauge(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            Supplier<Number> figure,
            String description,
            String... more) {
        Gauge.builder(name, figure)
                .baseUnit(unit)
                .description(description)
                .tags(of(more))
                .register(registry);
    }
}
