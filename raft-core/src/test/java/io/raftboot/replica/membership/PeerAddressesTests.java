package io.raftboot.replica.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.FakeClock;
import io.raftboot.replica.config.Peer;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.duty.EventSink;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.MemberRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PeerAddressesTests {
    private final RejectedConnections refusals = new RejectedConnections(EventSink.NONE);
    private final PeerAddresses addresses = new PeerAddresses(
            ReplicaConfig.builder(Path.of("unused"))
                    .nodeId(1)
                    .peers(List.of(new Peer(1, "a", 7400), new Peer(2, "b", 7400), new Peer(3, "c", 7400)))
                    .build(),
            refusals,
            new FakeClock(0),
            Runnable::run);

    private static MemberRecord member(long id, String address) {
        return MemberRecord.newBuilder().setId(id).setAddress(address).build();
    }

    private static Members table(MemberRecord... members) {
        var byId = new TreeMap<Long, MemberRecord>();
        for (MemberRecord member : members) {
            byId.put(member.getId(), member);
        }
        return new Members(byId);
    }

    @Test
    void differentAddressIsReportedWithBothUntilItIsNone() {
        addresses.compare(table(member(1, "elsewhere:1"), member(2, "b:7400"), member(3, "10.0.0.3:7400")));
        assertThat(refusals.reasons()).containsOnlyKeys(3L).hasEntrySatisfying(3L, reason -> assertThat(reason)
                .contains("node 3 is c:7400")
                .contains("this node 1")
                .contains("10.0.0.3:7400 among its own")
                .contains("write it alike in both lists"));
        refusals.refused(3, "somebody else answered");
        assertThat(refusals.reasons().get(3L)).startsWith("somebody else answered; the address of node 3");
        refusals.connected(3);
        addresses.compare(table(member(3, "c:7400")));
        assertThat(refusals.reasons()).isEmpty();
    }

    @Test
    void newestWordComesFirstAndTheOthersStay() {
        assertThat(addresses.tell(List.of(member(2, "x:1"), member(4, "x:4"), member(5, "x:5"), member(1, "x:9"))))
                .isTrue();
        var table = table(member(2, "y:2"), member(3, "c:7400"), member(4, "y:4"), member(6, ""));
        assertThat(addresses.of(table))
                .isEqualTo(Map.of(
                        2L, List.of("y:2", "b:7400", "x:1"),
                        3L, List.of("c:7400"),
                        4L, List.of("y:4", "x:4"),
                        5L, List.of("x:5")));
        addresses.forgetTold(table);
        assertThat(addresses.of(table()))
                .isEqualTo(Map.of(2L, List.of("b:7400"), 3L, List.of("c:7400"), 5L, List.of("x:5")));
        assertThat(addresses.all(table)).contains(member(1, "a:7400"), member(2, "y:2"), member(4, "y:4"));
    }

    @Test
    void whatAMemberSaysOfItselfWhenItIsMetIsNewest() {
        var table = table(member(2, "y:2"));
        assertThat(addresses.met(2, "y:2", table)).isFalse();
        assertThat(addresses.met(2, "z:2", table)).isTrue();
        assertThat(addresses.met(2, "z:2", table)).isFalse();
        assertThat(addresses.of(table)).containsEntry(2L, List.of("z:2", "y:2", "b:7400"));
        assertThat(addresses.met(1, "z:1", table)).isFalse();
        assertThat(addresses.met(3, "nowhere", table)).isFalse();
    }

    @Test
    void whoWasRemovedIsNowhere() {
        var gone = member(2, "y:2").toBuilder().setRemoved(true).build();
        addresses.met(2, "z:2", table());
        assertThat(addresses.of(table(gone))).containsOnlyKeys(3L);
        assertThat(addresses.all(table(gone))).noneMatch(member -> member.getId() == 2);
        assertThat(addresses.of(table())).containsKey(2L);
    }

    @Test
    void whatIsNoAddressIsNotTakenAndNotMuchOfTheRest() {
        assertThat(addresses.tell(List.of(
                        member(7, "nowhere"),
                        member(8, ":7400"),
                        member(-1, "z:1"),
                        member(0, "z:1"),
                        member(9, "z:0"))))
                .isFalse();
        addresses.tell(LongStream.range(10, 1000)
                .mapToObj(id -> member(id, "z" + id + ":7400"))
                .toList());
        assertThat(addresses.of(table())).hasSizeLessThan(100);
    }
}
