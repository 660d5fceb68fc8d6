package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.chaos.Settings.Clocks;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SettingsTests {
    private static final List<String> NAMES = List.of("seed", "seconds", "without", "clocks", "tls");

    @AfterEach
    void clear() {
        NAMES.forEach(name -> System.clearProperty("raft.chaos." + name));
    }

    @Test
    void propertiesSaySeedDurationAndWhatToGoWithout() {
        System.setProperty("raft.chaos.seed", "5");
        System.setProperty("raft.chaos.seconds", "60");
        System.setProperty("raft.chaos.without", "faketime, NAMESPACES");
        var settings = Settings.ofProperties(3, Clocks.WALL);
        assertThat(settings.text())
                .isEqualTo(
                        "seed 5, 3 members, 60 s, clocks that jump: none, leases on, without faketime, namespaces, tls");
        assertThat(settings.makes(Fault.KILL)).isTrue();
        assertThat(settings.makes(Fault.RESET)).isTrue();
        assertThat(settings.makes(Fault.PARTITION)).isFalse();
        assertThat(settings.makes(Fault.WALL_CLOCK)).isFalse();
    }

    @Test
    void singleFaultsCanBeLeftOut() {
        System.setProperty("raft.chaos.without", "flip,Half-Open");
        var settings = Settings.ofProperties(3, Clocks.WALL);
        assertThat(settings.makes(Fault.FLIP)).isFalse();
        assertThat(settings.makes(Fault.HALF_OPEN)).isFalse();
        assertThat(settings.makes(Fault.RESET)).isTrue();
        assertThat(settings.hasProxy()).isTrue();
        assertThat(settings.text()).endsWith(", without tls, half-open, flip");
    }

    @Test
    void oneOfTheCampaignsSpeaksTls() {
        assertThat(Settings.ofProperties(3, Clocks.WALL).makes(Fault.CERTIFICATES))
                .isFalse();
        assertThat(Settings.ofProperties(5, Clocks.BOTH).makes(Fault.CERTIFICATES))
                .isTrue();
        assertThat(Settings.ofProperties(5, Clocks.BOTH).makes(Fault.WRONG_CERTIFICATE))
                .isTrue();
        System.setProperty("raft.chaos.tls", "on");
        assertThat(Settings.ofProperties(3, Clocks.WALL).hasTls()).isTrue();
        System.setProperty("raft.chaos.without", "tls");
        assertThat(Settings.ofProperties(3, Clocks.WALL).hasTls()).isFalse();
    }

    /** A lease counts on the clock that does not jump. */
    @Test
    void leasesAreOffWhereTheirClockJumps() {
        var wall = Settings.ofProperties(3, Clocks.WALL);
        assertThat(wall.hasLeases()).isTrue();
        assertThat(wall.makes(Fault.MONOTONIC_CLOCK)).isFalse();
        System.setProperty("raft.chaos.clocks", "both");
        var both = Settings.ofProperties(3, Clocks.WALL);
        assertThat(both.hasLeases()).isFalse();
        assertThat(both.makes(Fault.MONOTONIC_CLOCK)).isTrue();
        assertThat(both.makes(Fault.WALL_CLOCK)).isFalse();
    }

    @Test
    void wordsThatMeanNothingAreRefused() {
        System.setProperty("raft.chaos.without", "proxy, root");
        assertThatThrownBy(() -> Settings.ofProperties(3, Clocks.WALL))
                .hasMessageStartingWith("raft.chaos.without is 'proxy, root', with 'root'; write a list of faketime,"
                        + " namespaces, proxy, tls, and names of faults: kill, pause, rolling-restart");
        System.clearProperty("raft.chaos.without");
        System.setProperty("raft.chaos.clocks", "none");
        assertThatThrownBy(() -> Settings.ofProperties(3, Clocks.WALL))
                .hasMessage("raft.chaos.clocks is 'none'; write wall or both");
        System.clearProperty("raft.chaos.clocks");
        System.setProperty("raft.chaos.tls", "maybe");
        assertThatThrownBy(() -> Settings.ofProperties(3, Clocks.WALL))
                .hasMessage("raft.chaos.tls is 'maybe'; write on or off");
    }

    @Test
    void viewOfAMemberComesThroughALine() {
        var view = new MemberView("leader", 7, 2, 99, List.of(1L, 2L), List.of(), List.of(3L));
        assertThat(MemberView.valueOf(view.text())).isEqualTo(view);
        assertThat(view.leads()).isTrue();
    }

    @Test
    void viewOfTheGroupComesThroughALine() {
        var members = List.of(
                new GroupView.Member(1, "10.77.0.101:7401", true, true, -5),
                new GroupView.Member(4, "10.77.0.104:7404", false, false, 0));
        var view = new GroupView(1, 17, "it waits for node 4", Map.of(9L, "DONE", 12L, "CANCELLED"), members);
        assertThat(GroupView.valueOf(view.text())).isEqualTo(view);
        var none = new GroupView(0, 0, "", Map.of(), List.of());
        assertThat(GroupView.valueOf(none.text())).isEqualTo(none);
    }

    @Test
    void addressesTellPlaceAndFace() {
        var proxied = new Addresses("10.77.0.", true);
        assertThat(proxied.placeOf(proxied.placeAddress(3))).isEqualTo(3);
        assertThat(proxied.placeOf(proxied.faceOf(3))).isEqualTo(FaultProxy.ANYONE);
        assertThat(proxied.placeOf("127.0.0.1")).isEqualTo(FaultProxy.ANYONE);
        assertThat(proxied.faceOf(3)).isNotEqualTo(proxied.placeAddress(3));
        var direct = new Addresses("10.77.0.", false);
        assertThat(direct.faceOf(3)).isEqualTo(direct.placeAddress(3));
    }
}
