package io.raftboot.autoconfigure.http;

import org.jspecify.annotations.Nullable;

/** Decides who may call at all what looks after the cluster, and who may look at it. Any thread. */
public interface AdminAccess {
    /**
     * Why a caller is not served.
     *
     * @param status 401 or 403
     * @param detail for people, with what to do
     */
    record Denial(int status, String detail) {
        /** Problem details of a request that is not served. */
        public byte[] problem(String path) {
            return Json.write(ProblemDetails.refused(path, status, detail));
        }
    }

    /** Null for a caller who is served. */
    @Nullable
    Denial check(Caller caller);
}
