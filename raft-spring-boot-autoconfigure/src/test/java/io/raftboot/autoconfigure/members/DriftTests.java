package io.raftboot.autoconfigure.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.MembershipView;
import io.raftboot.replica.config.Peer;
import io.raftboot.testing.FakeMembership;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class DriftTests {
    private static final MembershipView GROUP = FakeMembership.of(
            FakeMembership.member(1, "leader"),
            FakeMembership.member(2, "follower"),
            FakeMembership.member(3, "learner"));

    private final FakeMembership membership = new FakeMembership();

    @Test
    void sameMembersAreNoDrift() {
        var drift = drift(1, false, "1@node1:7401", "2@NODE2:7402", "3@node3:7403");
        assertThat(drift.isThere()).isFalse();
        assertThat(drift.wish()).isNull();
        assertThat(drift.text()).isEmpty();
    }

    @Test
    void idsMissingIdsTooManyAndOtherAddressesAreTold() {
        var drift = drift(1, false, "1@node1:7401", "2@elsewhere:7402", "4@node4:7404");
        assertThat(drift.notConfigured()).containsExactly(3L);
        assertThat(drift.noMembers()).containsExactly(4L);
        assertThat(drift.moved()).containsExactly(new Drift.Moved(2, "elsewhere:7402", "node2:7402"));
        assertThat(drift.text())
                .containsExactly(
                        "node 3 is of the group, but not in raft.peers here",
                        "node 4 is in raft.peers here, but not of the group",
                        "node 2 is at node2:7402, and in raft.peers here at elsewhere:7402");
        assertThat(drift.peersOfTheGroup()).isEqualTo("1@node1:7401,2@node2:7402,3@node3:7403");
    }

    @Test
    void wishIsTheConfiguredMembersAndKeepsLearners() {
        assertThat(drift(1, false, "1@node1:7401", "3@node3:7403", "4@node4:7404")
                        .wish())
                .isEqualTo(Map.of(
                        "version",
                        7L,
                        "members",
                        List.of(
                                Map.of("id", 1L, "address", "node1:7401", "voter", true),
                                Map.of("id", 3L, "address", "node3:7403", "voter", false),
                                Map.of("id", 4L, "address", "node4:7404", "voter", true))));
    }

    /** It names those that it asks, and wishing for these alone would remove the others. */
    @Test
    void memberThatJoinedHasOnlyItsOwnEntryToCompare() {
        assertThat(drift(3, true, "3@node3:7403", "1@elsewhere:7401").isThere()).isFalse();
        var moved = drift(3, true, "3@elsewhere:7403", "1@node1:7401");
        assertThat(moved.text()).containsExactly("node 3 is at node3:7403, and in raft.peers here at elsewhere:7403");
        assertThat(moved.wish()).isNull();
        assertThat(drift(4, true, "4@node4:7404", "1@node1:7401").noMembers()).containsExactly(4L);
    }

    @Test
    void memberThatBeganAloneTellsOfThoseThatCame() {
        assertThat(drift(1, false).notConfigured()).containsExactly(2L, 3L);
        assertThat(drift(1, false).wish()).isNull();
    }

    @Test
    void groupThatIsNotKnownDiffersFromNothing() {
        var nobody = new Drift(1, false, List.of(Peer.valueOf("1@a"), Peer.valueOf("2@b")), FakeMembership.of());
        assertThat(nobody.isThere()).isFalse();
    }

    @Test
    void operationIsACallThatCanBeSent() {
        var shape = DriftShape.of(drift(1, false, "1@node1:7401", "2@node2:7402"), "/app/raft/admin");
        assertThat(shape)
                .containsEntry("drift", true)
                .extractingByKey("operation")
                .satisfies(operation -> assertThat(operation)
                        .asInstanceOf(InstanceOfAssertFactories.MAP)
                        .containsEntry("method", "PUT")
                        .containsEntry("path", "/app/raft/admin/members"));
        assertThat(DriftShape.of(drift(1, false, "1@node1:7401", "2@node2:7402", "3@node3:7403"), "/raft/admin"))
                .containsEntry("drift", false)
                .containsEntry("operation", null);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void eachDriftIsLoggedOnceAndItsEnd(CapturedOutput output) {
        var watch = new DriftWatch(
                new DriftWatch.Configured(
                        1, "default", false, List.of(Peer.valueOf("1@node1:7401"), Peer.valueOf("2@node2:7402"))),
                () -> membership,
                0);
        membership.view = GROUP;
        assertThat(watch.last()).isNull();
        watch.look();
        watch.look();
        assertThat(output.getAll().split("node 3 is of the group", -1)).hasSize(2);
        assertThat(output).contains("WARN").contains("raft.peers=1@node1:7401,2@node2:7402,3@node3:7403");
        assertThat(watch.last()).isNotNull().satisfies(last -> assertThat(last.isThere())
                .isTrue());
        membership.view = FakeMembership.of(FakeMembership.member(1, "leader"), FakeMembership.member(2, "follower"));
        watch.look();
        watch.look();
        assertThat(output.getAll().split("are those of raft.peers again", -1)).hasSize(2);
    }

    @Test
    void watchRunsBetweenStartAndStop() {
        var watch = new DriftWatch(new DriftWatch.Configured(1, "default", false, List.of()), () -> membership, 3);
        assertThat(watch.getPhase()).isEqualTo(3);
        watch.start();
        assertThat(watch.isRunning()).isTrue();
        watch.stop();
        assertThat(watch.isRunning()).isFalse();
    }

    private static Drift drift(long own, boolean join, String... peers) {
        return new Drift(own, join, Stream.of(peers).map(Peer::valueOf).toList(), GROUP);
    }
}
