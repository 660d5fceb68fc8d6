package io.raftboot.replica.read;

import java.time.Duration;

/** A lease as it must not be: one that goes on when the order to take over has been sent. */
public final class ForgetfulLease extends LeaderLease {
    public ForgetfulLease(Duration electionTimeout, Duration tickInterval) {
        super(electionTimeout, tickInterval);
    }

    @Override
    void handedOver(long ofTerm) {
        // Left out, which is the mistake.
    }
}
