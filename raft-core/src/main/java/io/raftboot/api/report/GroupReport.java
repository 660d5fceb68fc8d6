package io.raftboot.api.report;

import java.util.List;

/**
 * All members as one of them has learned it.
 *
 * @param own of the member that was asked
 * @param others in the order of their ids; empty if the member that was asked does not run
 */
public record GroupReport(MemberReport own, List<PeerReport> others) {
    public GroupReport {
        others = List.copyOf(others);
    }
}
