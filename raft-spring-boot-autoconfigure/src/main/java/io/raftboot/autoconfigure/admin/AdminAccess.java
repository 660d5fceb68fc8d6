package io.raftboot.autoconfigure.admin;

import org.jspecify.annotations.Nullable;

/** Decides who may call at all. */
interface AdminAccess {
    /**
     * Why a caller is not served.
     *
     * @param status 401 or 403
     * @param detail for people, with what to do
     */
    record Denial(int status, String detail) {}

    /** Null for a caller who is served. */
    @Nullable
    Denial check(Caller caller);
}
