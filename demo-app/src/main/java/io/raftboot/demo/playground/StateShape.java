package io.raftboot.demo.playground;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that the playground's page shows, as JSON has it. */
final class StateShape {
    private StateShape() {}

    /** @param load the newest one; null if there was none */
    static Map<String, @Nullable Object> of(
            List<PlaygroundMember> members,
            List<MemberWatch> watches,
            List<String> keys,
            @Nullable SteadyLoad load,
            List<Failover.Shape> failovers) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        var shapes = new ArrayList<Map<String, @Nullable Object>>();
        for (int at = 0; at < members.size(); at++) {
            shapes.add(member(members.get(at), watches.get(at)));
        }
        shape.put("members", shapes);
        shape.put("keys", keys);
        shape.put("load", load == null ? null : load(load));
        shape.put("failovers", failovers);
        shape.put("limits", limits());
        return shape;
    }

    private static Map<String, @Nullable Object> member(PlaygroundMember member, MemberWatch watch) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("id", member.id());
        shape.put("port", member.port());
        shape.put("state", member.state().word());
        shape.put("cut", member.isCut());
        shape.put("failure", member.failure());
        shape.put("seen", watch.shape());
        return shape;
    }

    private static Map<String, @Nullable Object> load(SteadyLoad load) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("kind", load.settings().kind().word());
        shape.put("perSecond", load.settings().perSecond());
        shape.put("through", load.settings().through());
        shape.put("running", !load.isOver());
        shape.put("endedBecause", load.endedBecause());
        shape.put("tally", load.tally().shape());
        return shape;
    }

    private static Map<String, Object> limits() {
        return Map.of(
                "mostPerSecond",
                LoadSettings.MOST_PER_SECOND,
                "longestSeconds",
                LoadSettings.LONGEST_SECONDS,
                "patienceSeconds",
                MemberClient.PATIENCE_SECONDS,
                "watchedSeconds",
                Playground.WATCHED_SECONDS,
                "slotMillis",
                LoadTally.SLOT_MILLIS);
    }
}
