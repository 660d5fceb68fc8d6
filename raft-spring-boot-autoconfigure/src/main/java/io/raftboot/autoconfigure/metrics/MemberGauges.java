package io.raftboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.raftboot.api.MembershipView;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Gauges of each member of the group, as its leader sees it: they come and go with the members. One thread. */
final class MemberGauges {
    private final Tags tags;
    private final Known known;
    private final MultiGauge lag;
    private final MultiGauge lagTime;
    private final MultiGauge healthy;

    MemberGauges(MeterRegistry registry, Tags tags, Known known) {
        this.tags = tags;
        this.known = known;
        this.lag = gauge(registry, "raft.member.lag", null, "Entries that a member is behind the leader's log");
        this.lagTime = gauge(
                registry,
                "raft.member.lag.time",
                "seconds",
                "Time since all was committed that a member has, if it lags behind");
        this.healthy = gauge(registry, "raft.member.healthy", null, "1 if a member is heard of and keeps up");
    }

    private MultiGauge gauge(MeterRegistry registry, String name, @Nullable String unit, String description) {
        return MultiGauge.builder(name)
                .baseUnit(unit)
                .description(description)
                .tags(tags.of())
                .register(registry);
    }

    /** Other members than before may be known. */
    void changed() {
        register(lag, MembershipView.Contact::lagEntries);
        register(lagTime, contact -> contact.lagMillis() / 1000.0);
        register(healthy, contact -> contact.healthy() ? 1 : 0);
    }

    private void register(MultiGauge gauge, ToDoubleFunction<MembershipView.Contact> figure) {
        var view = known.view();
        List<Long> ids = view == null
                ? List.of()
                : view.members().stream().map(MembershipView.Member::id).toList();
        gauge.register(
                ids.stream()
                        .<MultiGauge.Row<?>>map(id -> MultiGauge.Row.of(
                                io.micrometer.core.instrument.Tags.of("peer", Long.toString(id)),
                                () -> ofMember(id, figure)))
                        .toList(),
                true);
    }

    private double ofMember(long id, ToDoubleFunction<MembershipView.Contact> figure) {
        return known.ofLeader(view -> {
            var contact = view.member(id).map(MembershipView.Member::contact).orElse(null);
            return contact == null ? Double.NaN : figure.applyAsDouble(contact);
        });
    }
}
