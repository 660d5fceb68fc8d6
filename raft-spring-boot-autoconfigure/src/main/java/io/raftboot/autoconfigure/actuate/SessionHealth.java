package io.raftboot.autoconfigure.actuate;

import io.raftboot.replica.ReplicaStatus.SessionState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says which limit of what is kept for commands that may be sent again comes near. A detail of a member that goes on: at the
 * limit some commands are refused, on all members alike, and no other member could do better.
 */
final class SessionHealth {
    private static final int LITTLE_ROOM_PERCENT = 80;

    private SessionHealth() {}

    static String of(Map<String, SessionState> machines) {
        List<String> near = new ArrayList<>();
        new TreeMap<>(machines).forEach((name, kept) -> {
            note(near, name, "sessions", kept.sessions(), kept.maxSessions(), "raft.session.max-sessions");
            note(near, name, "idempotency keys", kept.keys(), kept.maxKeys(), "raft.session.max-keys");
            note(
                    near,
                    name,
                    "bytes of idempotency keys",
                    kept.keyBytes(),
                    kept.maxKeyBytes(),
                    "raft.session.max-key-size");
        });
        return near.isEmpty() ? "ok" : String.join("; ", near);
    }

    private static void note(List<String> near, String machine, String what, long used, long limit, String property) {
        if (limit > 0 && used * 100 / limit >= LITTLE_ROOM_PERCENT) {
            near.add("'" + machine + "' keeps " + used + " of " + limit + " " + what + " (" + property + ")");
        }
    }
}
