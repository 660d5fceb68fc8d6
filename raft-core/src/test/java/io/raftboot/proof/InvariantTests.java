package io.raftboot.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.raftboot.api.Consistency;
import io.raftboot.api.Outcome;
import io.raftboot.api.ReadOutcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.raft.RaftRole;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.Message;
import io.raftboot.raft.proto.MessageType;
import io.raftboot.raft.proto.Snapshot;
import io.raftboot.raft.proto.SnapshotMetadata;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tells each invariant a story that can be, and one that must not be, which it has to find. */
class InvariantTests {
    private static final byte[] COMMAND = {1};

    /** What has happened, told by hand. */
    private static final class Story {
        private final Proof proof = new Proof();
        private final Map<Long, ForcedLog> disks = new TreeMap<>();
        private final Map<Long, CoreState> states = new TreeMap<>();
        private final Map<Long, Log> logs = new TreeMap<>();

        /** Members with empty logs that vote for each other. */
        Story(long... voters) {
            var members = ConfState.newBuilder();
            for (long voter : voters) {
                members.addVoters(voter);
            }
            for (long voter : voters) {
                begin(voter);
                proof.configured(voter, 1, members.build());
            }
        }

        void begin(long member) {
            var disk = new ForcedLog(member, proof);
            disks.put(member, disk);
            proof.begunAnew(member, disk);
            disk.end(1, 1);
            disk.promise(new Promise(1, 0, 1));
            logs.put(member, new Log());
            proof.started(member, log(member));
            is(member, RaftRole.FOLLOWER, 1, 0, 1);
        }

        Log log(long member) {
            return Objects.requireNonNull(logs.get(member));
        }

        ForcedLog disk(long member) {
            return Objects.requireNonNull(disks.get(member));
        }

        /** The member's core, and its disk, have an entry. */
        void has(long member, long index, long term) {
            log(member).put(index, term);
            disk(member).entry(index, term, index, false);
        }

        void promises(long member, long term, long vote) {
            disk(member).promise(new Promise(term, vote, 1));
        }

        void is(long member, RaftRole role, long term, long vote, long commit) {
            var log = log(member);
            var now = new CoreState(
                    term, vote, role == RaftRole.LEADER ? member : 0, role, commit, commit, log.lastIndex(), 0, 0, 0);
            var before = states.put(member, now);
            proof.changed(member, before == null ? CoreState.NONE : before, now, log);
        }

        /** It has the votes of the others, and its own. */
        void wins(long member, long term, long commit, long... voters) {
            promises(member, term, member);
            for (long voter : voters) {
                promises(voter, term, member);
                says(voter, member, MessageType.MSG_VOTE_RESP, term, 0);
            }
            is(member, RaftRole.LEADER, term, member, commit);
        }

        void says(long from, long to, MessageType type, long term, long index) {
            proof.sent(from, message(from, to, type, term, index).build());
        }

        void ends() {
            proof.afterEvent(1_000);
            proof.ended();
        }
    }

    /** A log of indexes and terms. */
    private static final class Log implements LogView {
        private final TreeMap<Long, Long> terms = new TreeMap<>(Map.of(1L, 1L));

        void put(long index, long term) {
            terms.tailMap(index, true).clear();
            terms.put(index, term);
        }

        void cut(long last) {
            terms.tailMap(last, false).clear();
        }

        @Override
        public long lastIndex() {
            return terms.lastKey();
        }

        @Override
        public long term(long index) {
            return terms.getOrDefault(index, UNKNOWN);
        }
    }

    private static Message.Builder message(long from, long to, MessageType type, long term, long index) {
        return Message.newBuilder()
                .setFrom(from)
                .setTo(to)
                .setType(type)
                .setTerm(term)
                .setIndex(index);
    }

    private static Snapshot snapshot(long index, long term, long... voters) {
        var members = ConfState.newBuilder();
        for (long voter : voters) {
            members.addVoters(voter);
        }
        return Snapshot.newBuilder()
                .setData(ByteString.copyFromUtf8("file"))
                .setMetadata(SnapshotMetadata.newBuilder()
                        .setIndex(index)
                        .setTerm(term)
                        .setConfState(members))
                .build();
    }

    /** @param bad what is told behind the good story, and must be found */
    private record Case(Class<?> invariant, String what, Consumer<Story> good, Consumer<Story> bad) {}

    private static Case of(Class<?> invariant, String what, Consumer<Story> good, Consumer<Story> bad) {
        return new Case(invariant, what, good, bad);
    }

    private static Stream<Case> safety() {
        return Stream.of(
                of(OneLeaderPerTerm.class, "by role", s -> s.wins(1, 2, 1, 2), s -> s.is(3, RaftRole.LEADER, 2, 3, 1)),
                of(OneLeaderPerTerm.class, "by message", s -> s.wins(1, 2, 1, 2), s -> {
                    s.promises(3, 2, 3);
                    s.says(3, 2, MessageType.MSG_HEARTBEAT, 2, 0);
                }),
                of(LeaderAppendsOnly.class, "shorter", InvariantTests::leaderWithEntry, s -> {
                    s.log(1).cut(1);
                    s.is(1, RaftRole.LEADER, 2, 1, 1);
                }),
                of(LogsMatch.class, "another entry of the same term", InvariantTests::leaderWithEntry, s -> {
                    s.log(2).put(2, 2);
                    s.disk(2).entry(2, 2, 77, false);
                }),
                of(LogsMatch.class, "another entry before", InvariantTests::leaderWithEntry, s -> {
                    s.has(1, 3, 2);
                    s.has(3, 2, 1);
                    s.has(3, 3, 2);
                }),
                of(
                        LogsMatch.class,
                        "what is sent",
                        InvariantTests::leaderWithEntry,
                        s -> s.proof.sent(
                                1,
                                message(1, 2, MessageType.MSG_APP, 2, 1)
                                        .setLogTerm(1)
                                        .addEntries(Entry.newBuilder()
                                                .setIndex(2)
                                                .setTerm(2)
                                                .setData(ByteString.copyFromUtf8("other")))
                                        .build())),
                of(LeaderHasAllCommitted.class, "an entry less", InvariantTests::committed, s -> s.wins(3, 3, 1, 2)),
                of(
                        StatesAgree.class,
                        "another command",
                        s -> s.proof.commandApplied(1, 5, 2, COMMAND),
                        s -> s.proof.commandApplied(2, 5, 2, new byte[] {2})),
                of(
                        StatesAgree.class,
                        "another state",
                        s -> s.proof.state(1, "state", 5, 7, false),
                        s -> s.proof.state(2, "state", 5, 8, false)),
                of(NothingGoesBack.class, "term on disk", s -> s.promises(1, 3, 0), s -> s.promises(1, 2, 0)),
                of(NothingGoesBack.class, "vote on disk", s -> s.promises(1, 3, 2), s -> s.promises(1, 3, 0)),
                of(
                        NothingGoesBack.class,
                        "commit of the core",
                        s -> {
                            s.has(1, 2, 1);
                            s.is(1, RaftRole.FOLLOWER, 1, 0, 2);
                        },
                        s -> s.is(1, RaftRole.FOLLOWER, 1, 0, 1)),
                of(NothingGoesBack.class, "a core that begins with less than its disk", s -> s.has(1, 2, 1), s -> {
                    s.proof.crashed(1, Observer.End.KEPT);
                    s.proof.started(1, new Log());
                }),
                of(NothingGoesBack.class, "a promise that is gone with a restart", s -> s.promises(1, 5, 3), s -> {
                    s.proof.crashed(1, Observer.End.LOST);
                    s.states.remove(1L);
                    s.is(1, RaftRole.FOLLOWER, 4, 0, 1);
                }),
                of(
                        NothingGoesBack.class,
                        "applied",
                        s -> {
                            s.has(1, 2, 1);
                            s.has(1, 3, 1);
                            s.proof.advanced(1, 1, 3, 1);
                        },
                        s -> s.proof.advanced(1, 3, 2, 1)),
                of(
                        NothingUnforcedIsSent.class,
                        "a vote",
                        s -> {
                            s.promises(2, 2, 1);
                            s.says(2, 1, MessageType.MSG_VOTE_RESP, 2, 0);
                        },
                        s -> s.says(3, 1, MessageType.MSG_VOTE_RESP, 2, 0)),
                of(
                        NothingUnforcedIsSent.class,
                        "a request for votes",
                        s -> {
                            s.promises(1, 2, 1);
                            s.says(1, 2, MessageType.MSG_VOTE, 2, 0);
                        },
                        s -> s.says(3, 2, MessageType.MSG_VOTE, 3, 0)),
                of(
                        NothingUnforcedIsSent.class,
                        "an acknowledgement",
                        s -> {
                            s.has(2, 2, 1);
                            s.says(2, 1, MessageType.MSG_APP_RESP, 1, 2);
                        },
                        s -> s.says(2, 1, MessageType.MSG_APP_RESP, 1, 3)),
                of(
                        NothingUnforcedIsSent.class,
                        "an acknowledgement of another entry",
                        s -> {
                            leaderWithEntry(s);
                            s.promises(2, 2, 1);
                            s.has(2, 2, 1);
                        },
                        s -> s.says(2, 1, MessageType.MSG_APP_RESP, 2, 2)),
                of(
                        OneVotePerTerm.class,
                        "after a restart",
                        s -> {
                            s.promises(2, 2, 1);
                            s.says(2, 1, MessageType.MSG_VOTE_RESP, 2, 0);
                            s.proof.crashed(2, Observer.End.LOST);
                            s.promises(2, 3, 0);
                        },
                        s -> s.says(2, 3, MessageType.MSG_VOTE_RESP, 2, 0)),
                of(CommittedIsOnDisks.class, "of a majority", InvariantTests::committed, s -> {
                    s.log(1).put(3, 2);
                    s.disk(1).entry(3, 2, 3, false);
                    s.is(1, RaftRole.LEADER, 2, 1, 3);
                }),
                of(
                        CommittedIsOnDisks.class,
                        "of both halves",
                        s -> {
                            leaderWithEntry(s);
                            s.has(2, 2, 2);
                            s.begin(4);
                            s.begin(5);
                            var joint = ConfState.newBuilder()
                                    .addVoters(1)
                                    .addVoters(4)
                                    .addVoters(5);
                            s.proof.configured(
                                    1,
                                    2,
                                    joint.addVotersOutgoing(1)
                                            .addVotersOutgoing(2)
                                            .addVotersOutgoing(3)
                                            .build());
                            s.proof.configured(1, 2, joint.build());
                        },
                        s -> s.is(1, RaftRole.LEADER, 2, 1, 2)),
                of(
                        CommittedIsOnDisks.class,
                        "of an earlier term",
                        s -> {
                            s.has(1, 2, 1);
                            s.has(2, 2, 1);
                            s.wins(1, 2, 1, 2);
                        },
                        s -> s.is(1, RaftRole.LEADER, 2, 1, 2)),
                of(
                        CommittedIsOnDisks.class,
                        "applied and not on the own disk",
                        s -> {},
                        s -> s.proof.advanced(1, 1, 2, 1)),
                of(
                        OneChangeAtATime.class,
                        "two",
                        s -> {
                            s.log(1).put(2, 1);
                            s.disk(1).entry(2, 1, 2, true);
                        },
                        s -> {
                            s.log(1).put(3, 1);
                            s.disk(1).entry(3, 1, 3, true);
                        }),
                of(
                        MajoritiesMeet.class,
                        "two of four at once",
                        s -> {
                            s.proof.configured(1, 5, voters(1, 2, 3));
                            s.proof.configured(2, 9, voters(1, 2, 3, 4));
                            s.proof.configured(1, 9, voters(1, 2, 3, 4));
                        },
                        s -> s.proof.configured(2, 12, voters(1, 5, 6, 7))),
                of(
                        MajoritiesMeet.class,
                        "of what came between",
                        s -> {
                            s.proof.configured(1, 5, voters(1, 2, 3));
                            s.proof.configured(1, 12, voters(1, 2, 3, 4));
                        },
                        s -> s.proof.configured(2, 9, voters(1, 5, 6))),
                of(
                        VotersLead.class,
                        "that gave its vote up",
                        s -> {
                            s.wins(1, 2, 1, 2);
                            s.proof.configured(
                                    1,
                                    2,
                                    ConfState.newBuilder()
                                            .addVoters(2)
                                            .addVoters(3)
                                            .addVotersOutgoing(1)
                                            .addVotersOutgoing(2)
                                            .build());
                            s.proof.afterEvent(1);
                        },
                        s -> s.proof.configured(
                                1,
                                3,
                                ConfState.newBuilder()
                                        .addVoters(2)
                                        .addVoters(3)
                                        .addLearners(1)
                                        .build())),
                of(ElectedByQuorums.class, "a vote less", s -> s.wins(1, 2, 1, 2), s -> s.wins(3, 3, 1)),
                of(
                        ElectedByQuorums.class,
                        "a learner",
                        s -> {
                            s.begin(4);
                            var members = ConfState.newBuilder()
                                    .addVoters(1)
                                    .addLearners(4)
                                    .build();
                            s.proof.configured(4, 1, members);
                            s.proof.configured(4, 1, members);
                        },
                        s -> s.wins(4, 3, 1, 1)),
                of(
                        ElectedByQuorums.class,
                        "one half only",
                        s -> {
                            var joint = ConfState.newBuilder()
                                    .addVoters(3)
                                    .addVoters(4)
                                    .addVoters(5);
                            joint.addVotersOutgoing(1).addVotersOutgoing(2).addVotersOutgoing(3);
                            s.begin(4);
                            s.proof.configured(3, 2, joint.build());
                            s.proof.configured(3, 2, joint.build());
                        },
                        s -> s.wins(3, 3, 1, 4)),
                of(
                        ReadsAreNew.class,
                        "older than what was applied",
                        s -> {
                            s.has(1, 2, 1);
                            s.proof.advanced(1, 1, 2, 1);
                            s.proof.readAsked(1, 2, Consistency.LINEARIZABLE);
                            s.proof.readEnded(1, 2, Consistency.LINEARIZABLE, new ReadOutcome.Answered(COMMAND, 2));
                        },
                        s -> {
                            s.proof.readAsked(2, 2, Consistency.LEASE);
                            s.proof.readEnded(2, 2, Consistency.LEASE, new ReadOutcome.Answered(COMMAND, 1));
                        }),
                of(
                        ReadsAreNew.class,
                        "older than what a read has seen",
                        s -> {
                            s.proof.readAsked(1, 2, Consistency.LINEARIZABLE);
                            s.proof.readEnded(1, 2, Consistency.LINEARIZABLE, new ReadOutcome.Answered(COMMAND, 9));
                        },
                        s -> {
                            s.proof.readAsked(2, 2, Consistency.LINEARIZABLE);
                            s.proof.readEnded(2, 2, Consistency.LINEARIZABLE, new ReadOutcome.Answered(COMMAND, 8));
                        }),
                of(
                        AppliedOnce.class,
                        "twice",
                        s -> s.proof.commandApplied(1, 5, 2, COMMAND),
                        s -> s.proof.commandApplied(1, 6, 2, COMMAND)),
                of(
                        AppliedOnce.class,
                        "though refused",
                        s -> {
                            s.proof.submitted(1, 1, COMMAND);
                            s.proof.submitEnded(1, 1, new Outcome.Refused(RefusalReason.NO_LEADER, ""));
                        },
                        s -> s.proof.commandApplied(1, 6, 2, COMMAND)),
                of(
                        AppliedOnce.class,
                        "said to be applied where it is not",
                        s -> {
                            s.proof.submitted(1, 1, COMMAND);
                            s.proof.commandApplied(1, 6, 2, COMMAND);
                            s.proof.submitEnded(1, 1, new Outcome.Applied(COMMAND, 6));
                        },
                        s -> {
                            s.proof.submitted(2, 2, COMMAND);
                            s.proof.submitEnded(2, 2, new Outcome.Applied(COMMAND, 5));
                        }),
                of(
                        SnapshotsAreReplay.class,
                        "another state",
                        s -> s.proof.state(1, "state", 5, 7, false),
                        s -> s.proof.state(2, "state", 5, 8, true)),
                of(
                        SnapshotsAreReplay.class,
                        "other members",
                        s -> s.disk(1).installed(snapshot(4, 1, 1, 2, 3)),
                        s -> s.disk(2).installed(snapshot(4, 1, 1, 2))),
                of(
                        SnapshotsAreReplay.class,
                        "other members by an entry",
                        s -> s.proof.configured(1, 5, voters(1, 2)),
                        s -> s.proof.configured(
                                2, 5, ConfState.newBuilder().addVoters(9).build())));
    }

    private static Stream<Case> liveness() {
        return Stream.of(
                of(
                        LeaderInTime.class,
                        "none",
                        s -> {
                            leaderWithEntry(s);
                            s.has(2, 2, 2);
                            s.is(1, RaftRole.LEADER, 2, 1, 2);
                            s.proof.healed(10, 1_000_000);
                            s.proof.afterEvent(11);
                        },
                        s -> {
                            s.is(1, RaftRole.FOLLOWER, 3, 0, 2);
                            s.proof.healed(20, 100);
                        }),
                of(
                        CallsEnd.class,
                        "a command",
                        s -> {
                            s.proof.submitted(1, 1, COMMAND);
                            s.proof.submitEnded(1, 1, new Outcome.Unknown(""));
                            s.proof.submitted(2, 3, COMMAND);
                            s.proof.crashed(3, Observer.End.KEPT);
                        },
                        s -> s.proof.submitted(3, 1, COMMAND)),
                of(
                        MembersCatchUp.class,
                        "one that does not",
                        s -> {
                            s.has(2, 2, 1);
                            s.proof.advanced(2, 1, 2, 1);
                            s.is(2, RaftRole.FOLLOWER, 1, 0, 2);
                        },
                        s -> s.proof.advanced(3, 0, 1, 1)),
                of(
                        NothingGrows.class,
                        "more than is allowed",
                        s -> s.proof.amount(1, "sessions", 5, 5),
                        s -> s.proof.amount(1, "sessions", 6, 5)),
                of(
                        NothingGrows.class,
                        "a log that is not cut",
                        s -> {
                            s.proof.amount(1, Observer.LOG_ENTRIES, 6, 5);
                            s.proof.amount(1, Observer.LOG_ENTRIES, 5, 5);
                        },
                        s -> s.proof.amount(1, Observer.LOG_ENTRIES, 6, 5)));
    }

    private static void leaderWithEntry(Story story) {
        story.wins(1, 2, 1, 2);
        story.has(1, 2, 2);
        story.is(1, RaftRole.LEADER, 2, 1, 1);
    }

    private static void committed(Story story) {
        leaderWithEntry(story);
        story.has(2, 2, 2);
        story.is(1, RaftRole.LEADER, 2, 1, 2);
    }

    @TestFactory
    Stream<DynamicTest> storiesThatCanBeAreLetPassAndOthersFound() {
        return Stream.concat(safety(), liveness()).map(InvariantTests::test);
    }

    private static DynamicTest test(Case story) {
        return DynamicTest.dynamicTest(story.invariant.getSimpleName() + ": " + story.what, () -> {
            var good = new Story(1, 2, 3);
            story.good.accept(good);
            assertThatCode(good::ends).doesNotThrowAnyException();

            var bad = new Story(1, 2, 3);
            story.good.accept(bad);
            story.bad.accept(bad);
            assertThatThrownBy(bad::ends)
                    .isInstanceOfSatisfying(Violation.class, violation -> assertThat(violation.invariant())
                            .isEqualTo(story.invariant.getSimpleName()))
                    .hasMessageContaining("step")
                    .hasMessageContaining("members");
        });
    }

    @TestFactory
    Stream<DynamicTest> eachInvariantHasAStory() {
        var told = Stream.concat(safety(), liveness())
                .map(Case::invariant)
                .distinct()
                .toList();
        return List.of(
                        OneLeaderPerTerm.class,
                        LeaderAppendsOnly.class,
                        LogsMatch.class,
                        LeaderHasAllCommitted.class,
                        StatesAgree.class,
                        NothingGoesBack.class,
                        NothingUnforcedIsSent.class,
                        OneVotePerTerm.class,
                        CommittedIsOnDisks.class,
                        OneChangeAtATime.class,
                        MajoritiesMeet.class,
                        ElectedByQuorums.class,
                        VotersLead.class,
                        ReadsAreNew.class,
                        AppliedOnce.class,
                        SnapshotsAreReplay.class,
                        LeaderInTime.class,
                        CallsEnd.class,
                        MembersCatchUp.class,
                        NothingGrows.class)
                .stream()
                .map(invariant -> DynamicTest.dynamicTest(
                        invariant.getSimpleName(), () -> assertThat(told).contains(invariant)));
    }

    private static ConfState voters(long... ids) {
        var state = ConfState.newBuilder();
        for (long id : ids) {
            state.addVoters(id);
        }
        return state.build();
    }
}
