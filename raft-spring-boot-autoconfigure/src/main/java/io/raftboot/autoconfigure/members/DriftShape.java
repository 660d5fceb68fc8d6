package io.raftboot.autoconfigure.members;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs from the configuration, in the words of JSON. */
public final class DriftShape {
    private DriftShape() {}

    /**
     * All of it, and the call that would make the group as it is configured.
     *
     * @param base path of the calls that change the group
     */
    public static Map<String, @Nullable Object> of(Drift drift, String base) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("drift", drift.isThere());
        shape.put("text", drift.text());
        shape.put("notConfigured", drift.notConfigured());
        shape.put("noMembers", drift.noMembers());
        shape.put("moved", drift.moved().stream().map(DriftShape::moved).toList());
        shape.put("configured", configured(drift));
        shape.put("peersOfTheGroup", drift.peersOfTheGroup());
        Map<String, Object> wish = drift.wish();
        shape.put("operation", wish == null ? null : operation(base, wish));
        return shape;
    }

    private static Map<String, Object> moved(Drift.Moved moved) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("id", moved.id());
        shape.put("configured", moved.configured());
        shape.put("actual", moved.actual());
        return shape;
    }

    private static List<Map<String, Object>> configured(Drift drift) {
        return drift.configured().stream()
                .map(peer -> {
                    Map<String, Object> shape = new LinkedHashMap<>();
                    shape.put("id", peer.id());
                    shape.put("address", peer.address());
                    return shape;
                })
                .toList();
    }

    private static Map<String, Object> operation(String base, Map<String, Object> wish) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("method", "PUT");
        shape.put("path", base + "/members");
        shape.put("body", wish);
        return shape;
    }
}
