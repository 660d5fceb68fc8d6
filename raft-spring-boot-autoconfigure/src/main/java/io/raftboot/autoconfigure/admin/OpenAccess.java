package io.raftboot.autoconfigure.admin;

import org.jspecify.annotations.Nullable;

/** Serves everybody, as {@code raft.admin.allow-remote} says. */
final class OpenAccess implements AdminAccess {
    @Override
    public @Nullable Denial check(Caller caller) {
        return null;
    }
}
