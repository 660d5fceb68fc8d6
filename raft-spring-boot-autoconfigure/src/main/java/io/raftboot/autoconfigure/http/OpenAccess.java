package io.raftboot.autoconfigure.http;

import org.jspecify.annotations.Nullable;

/** Serves everybody, as {@code raft.admin.allow-remote} says. */
final class OpenAccess implements AdminAccess {
    @Override
    public @Nullable Denial check(Caller caller) {
        return null;
    }
}
