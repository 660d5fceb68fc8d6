package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.config.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Processes that come as members and are none: of another cluster, a second time, or as they were before. They are turned away by
 * name, the group's term stays, and its commands come through.
 */
class StrangersProcessTests {
    private static final String ANOTHER_CLUSTER = "one of the two has an address of the other cluster";
    private static final String ANOTHER_DIRECTORY = "is known here with another data directory";
    private static final String OLDER_COPY = "comes with an older copy of its data directory";

    private final QuietGroup group = new QuietGroup("strangers");

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void memberOfAnotherClusterThatDialsThisOneIsTurnedAway() {
        var first = group.member(1).settings();
        var peers = new ArrayList<>(first.peers());
        peers.add(Peer.valueOf("4@" + group.freeAddress()));
        var settings = new ChaosMember.Settings(
                "another", 4, group.freeAddress(), peers, false, group.newDir("another"), first.options());
        var stranger = group.start(settings);
        QuietGroup.awaitWords(stranger.log(), ANOTHER_CLUSTER);
        group.assertGoesOn();
    }

    @Test
    void memberOfAnotherClusterAtTheAddressOfOneThatIsDownDoesNotTakeItsPlace() {
        var down = group.follower();
        assertThat(down.stop()).isTrue();
        var stranger = group.start(down.settings().withCluster("another").withDir(group.newDir("another")));
        QuietGroup.awaitWords(stranger.log(), ANOTHER_CLUSTER);
        group.assertGoesOn();
        stranger.kill();
        down.start();
        group.assertGoesOn();
    }

    @Test
    void secondProcessOfAnIdWithAnEmptyDirectoryIsTurnedAway() {
        var original = group.follower().settings();
        var stranger = group.start(original.withListen(group.freeAddress()).withDir(group.newDir("second")));
        QuietGroup.awaitWords(stranger.log(), ANOTHER_DIRECTORY);
        group.assertGoesOn();
    }

    /** The leader knows by what the one that was copied has acknowledged since. */
    @Test
    void secondProcessOnACopyOfTheDirectoryOfOneThatRunsIsTurnedAway() throws IOException {
        var copied = group.follower();
        QuietGroup.copyWhileItStands(copied, group.newDir("copy"));
        group.applyThroughEach();
        var stranger =
                group.start(copied.settings().withListen(group.freeAddress()).withDir(group.newDir("copy")));
        QuietGroup.awaitWords(stranger.log(), OLDER_COPY);
        group.assertGoesOn();
    }

    @Test
    void memberOnTheDirectoryOfAnEarlierRunIsTurnedAwayUntilItsOwnIsBack() throws IOException {
        var member = group.follower();
        assertThat(member.stop()).isTrue();
        QuietGroup.copy(member.dir(), group.newDir("earlier"));
        member.start();
        group.applyThroughEach();
        assertThat(member.stop()).isTrue();
        Files.move(member.dir(), group.newDir("newest"));
        Files.move(group.newDir("earlier"), member.dir());
        var stranger = group.start(member.settings());
        QuietGroup.awaitWords(stranger.log(), OLDER_COPY);
        group.assertGoesOn();

        stranger.kill();
        Files.move(member.dir(), group.newDir("earlier"));
        Files.move(group.newDir("newest"), member.dir());
        member.start();
        group.assertGoesOn();
    }

    @Test
    void newMemberTakesTheAddressOfOneThatWasRemovedAndIsToldSoWhenItComesBack() throws Exception {
        var removed = group.follower();
        group.remove(removed, group.newDir("removed"));
        var joined = group.join();
        assertThat(joined.formerId()).isEqualTo(removed.id());
        assertThat(joined.member().settings().listen())
                .isEqualTo(removed.settings().listen());
        group.applyThroughEach();

        var back =
                group.start(removed.settings().withListen(group.freeAddress()).withDir(group.newDir("removed")));
        assertThat(back.awaitEnd(QuietGroup.PATIENCE.toSeconds())).isTrue();
        assertThat(back.exitValue()).isEqualTo(ChaosMember.REMOVED);
        group.assertGoesOn();
        assertThat(group.members()).contains(joined.member()).doesNotContain(removed);
    }
}
