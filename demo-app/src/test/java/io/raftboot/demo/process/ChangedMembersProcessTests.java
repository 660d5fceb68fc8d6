package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A short course of what {@link MembersCampaignProcessTests} does for long. */
class ChangedMembersProcessTests {
    @Test
    void everyCommandIsAccountedForWhileMembersComeAndTheLeaderGoes() throws Exception {
        var report = new CourseReport("changed-members");
        try (var courses =
                new MemberCourses(new ChangingCluster("changed-members", "--raft.membership.stable-after=500ms"))) {
            courses.growToThreeAtOnce();
            courses.removeLeader();
            courses.end(report);
        }
        assertThat(report.text()).contains("1 → 3, at one moment", "leader removed");
    }
}
