package io.raftboot.autoconfigure.members;

import io.raftboot.api.event.MemberEvent;
import io.raftboot.api.event.MemberEvents;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has happened to a member in the words of JSON, the same wherever it is shown. */
public final class EventsShape {
    private EventsShape() {}

    /** Of which run they are, and which there are. */
    public static Map<String, @Nullable Object> head(MemberEvents.Page page) {
        Map<String, @Nullable Object> head = new LinkedHashMap<>();
        head.put("run", page.run());
        head.put("oldest", page.oldest());
        head.put("newest", page.newest());
        return head;
    }

    /** One of them. */
    public static Map<String, @Nullable Object> event(MemberEvent event) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("sequence", event.sequence());
        shape.put("at", event.at().toString());
        shape.put("type", event.type().word());
        shape.put("severity", event.severity().word());
        shape.put("times", event.times());
        shape.put("text", event.text());
        shape.put("node", event.node());
        return shape;
    }
}
