package io.raftboot.autoconfigure.http;

import org.jspecify.annotations.Nullable;

/**
 * Serves who sits at this machine, in an application without security: nobody proves who he is, so what counts is where he comes
 * from, and that no page of somebody else makes his browser do it.
 */
final class LocalAccess implements AdminAccess {
    private static final String INSTEAD =
            "; call from the machine itself, as http://localhost, use Spring Security, or open it to all with"
                    + " raft.admin.allow-remote=true";

    @Override
    public @Nullable Denial check(Caller caller) {
        if (!caller.isLocal()) {
            return denied("the call comes from another machine"
                    + (caller.from() == null ? "" : ", " + caller.from().getHostAddress()));
        }
        if (caller.forwarding() != null) {
            return denied(caller.forwarding() + ", so that where it began can't be known");
        }
        if (!caller.isServerLocal()) {
            return denied("the call is to the host '" + caller.server().host()
                    + "', and may be made by a page elsewhere whose name leads here");
        }
        if (caller.write() && caller.isOfForeignPage()) {
            return denied("the call is made by a page of " + caller.origin());
        }
        return null;
    }

    private static Denial denied(String reason) {
        return new Denial(
                403,
                "this application has no security, and serves only calls from its own machine: " + reason + INSTEAD);
    }
}
