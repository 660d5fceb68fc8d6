package io.raftboot.autoconfigure.admin;

import java.util.Map;

/** What is said of callers, alike on all servers. */
final class Callers {
    private Callers() {}

    /** The name that is remembered with a change. */
    static String name(Caller caller) {
        var user = caller.user();
        var from = caller.from();
        return user != null ? user.getName() : from != null ? from.getHostAddress() : "";
    }

    static AdminAnswer denied(String path, AdminAccess.Denial denial) {
        return new AdminAnswer(denial.status(), Map.of(), Problems.body(path, denial.status(), denial.detail()));
    }
}
