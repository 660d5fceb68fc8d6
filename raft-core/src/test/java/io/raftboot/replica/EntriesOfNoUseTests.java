package io.raftboot.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.raftboot.api.CommandContext;
import io.raftboot.api.EntryName;
import io.raftboot.api.Outcome;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.RaftConfig;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeSingle;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.raft.proto.HardState;
import io.raftboot.replica.config.ReplicaConfig;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.MemoryDisk;
import io.raftboot.storage.log.LogWrite;
import io.raftboot.transport.memory.MemoryNetwork;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is committed all the same, though no leader lets it in: it is there for good, so a member has to live with it. */
class EntriesOfNoUseTests {
    private static final Path DIR = Path.of("/data");
    private static final int FIRST_INDEX = 2;

    private final MemoryNetwork network = new MemoryNetwork(1);
    private final MemoryDisk disk = new MemoryDisk();
    private final LedgerMachine machine = new LedgerMachine();

    @AfterEach
    void closeNetwork() {
        network.close();
    }

    /** Alike for all members, whatever their version. */
    enum OfNoUse {
        TEXT(normal(ByteString.copyFromUtf8("hello"))),
        BYTES_THAT_PARSE(normal(ByteString.copyFrom(new byte[] {8, 5}))),
        ANOTHER_GROUP(normal(command("x").setGroup("another"))),
        NO_VERSION(normal(command("x").clearFormatVersion())),
        UNREADABLE_FOR_THE_GROUP(normal(system(ByteString.copyFromUtf8("hello")))),
        NOTHING_FOR_THE_GROUP(normal(system(ByteString.EMPTY))),
        SESSION_WITH_THE_GROUP(normal(system(ByteString.EMPTY).setOpenSession(OpenSession.getDefaultInstance()))),
        STRANGE_SESSION(normal(command("")
                .setOpenSession(OpenSession.newBuilder().setTimeoutMillis(-1).setMaxSessions(-1)))),
        STRANGE_KEY(normal(command("x")
                .setIdempotencyKey(
                        IdempotencyKey.newBuilder().setRetentionMillis(-1).setMaxKeys(-1)))),
        NO_VOTER_LEFT(change(ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("r1")))),
        LOCAL_ID(change(ConfChangeV2.newBuilder().addAllChanges(ConfChanges.parse("l18446744073709551615")))),
        NOT_JOINT(change(ConfChangeV2.newBuilder())),
        UNREADABLE_CHANGE(
                Entry.newBuilder().setType(EntryType.ENTRY_CONF_CHANGE_V2).setData(ByteString.copyFromUtf8("hello"))),
        UNREADABLE_OLDER_CHANGE(
                Entry.newBuilder().setType(EntryType.ENTRY_CONF_CHANGE).setData(ByteString.copyFromUtf8("hello")));

        @SuppressWarnings("ImmutableEnumChecker") // only copied
        private final Entry.Builder entry;

        OfNoUse(Entry.Builder entry) {
            this.entry = entry;
        }

        /** What a table of sessions refuses is the outcome of a command. */
        boolean isIgnored() {
            return this != STRANGE_SESSION && this != STRANGE_KEY;
        }
    }

    /** A newer member would know what to do. */
    enum OfANewerVersion {
        TYPE(normal(command("x"))
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                Entry.TYPE_FIELD_NUMBER,
                                UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                        .build())),
        ENVELOPE(normal(command("x").setFormatVersion(2))),
        COMMAND(normal(command("x").setCommandVersion(7))),
        MACHINE(normal(command("x").setMachine("added"))),
        OF_THE_GROUP(normal(system(ByteString.copyFrom(new byte[] {0x7a, 0})))),
        CHANGE(change(ConfChangeV2.newBuilder()
                .addChanges(ConfChangeSingle.newBuilder()
                        .setNodeId(4)
                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(
                                        ConfChangeSingle.TYPE_FIELD_NUMBER,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addVarint(9)
                                                .build())
                                .build()))));

        @SuppressWarnings("ImmutableEnumChecker") // only copied
        private final Entry.Builder entry;

        OfANewerVersion(Entry.Builder entry) {
            this.entry = entry;
        }
    }

    private static Envelope.Builder command(String payload) {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup("default")
                .setMachine(LedgerMachine.NAME)
                .setPayload(ByteString.copyFromUtf8(payload));
    }

    private static Envelope.Builder system(ByteString payload) {
        return command("").setMachine("").setPayload(payload);
    }

    private static Entry.Builder normal(Envelope.Builder envelope) {
        return normal(envelope.build().toByteString());
    }

    private static Entry.Builder normal(ByteString data) {
        return Entry.newBuilder().setData(data);
    }

    private static Entry.Builder change(ConfChangeV2.Builder change) {
        return Entry.newBuilder()
                .setType(EntryType.ENTRY_CONF_CHANGE_V2)
                .setData(change.build().toByteString());
    }

    /** In the log of a member alone, between two commands. */
    private EntryName write(Entry.Builder entry) throws Exception {
        var entries = new ArrayList<Entry>();
        for (var next : List.of(normal(command("before")), entry, normal(command("behind")))) {
            entries.add(next.clone()
                    .setTerm(1)
                    .setIndex(FIRST_INDEX + entries.size())
                    .build());
        }
        var request = new IdentityRequest("raft", "default", 1, List.of(), false);
        try (var storage =
                MemberStorage.open(disk, DIR, request, StorageOptions.defaults().withSegmentSizeBytes(1024 * 1024))) {
            var hardState = HardState.newBuilder().setTerm(1).setCommit(FIRST_INDEX + entries.size() - 1L);
            var unused = storage.writer().append(List.of(LogWrite.entries(hardState.build(), entries)));
        }
        return EntryName.of(entries.get(1));
    }

    private Replica replica(List<EntryName> skips) {
        var config = ReplicaConfig.builder(DIR)
                .tickInterval(Duration.ofMillis(10))
                .walSegmentSizeBytes(1024 * 1024)
                .applySkip(skips)
                .build();
        var raft =
                RaftConfig.builder().id(1).electionTicks(10).heartbeatTicks(2).build();
        return new Replica(
                config,
                raft,
                network.join(1),
                () -> Map.of(LedgerMachine.NAME, machine),
                disk,
                ReplicaRuntime.ofThisProcess());
    }

    @ParameterizedTest
    @EnumSource
    void entryThatNoMemberCanDoAnythingWithChangesNothing(OfNoUse kind) throws Exception {
        write(kind.entry);
        var replica = replica(List.of());
        replica.start();
        try {
            assertThat(replica.state()).isEqualTo(ReplicaState.RUNNING);
            assertThat(machine.commands()).startsWith("before").endsWith("behind");
            var status = TestCluster.get(replica.status());
            assertThat(status.configuration().voters()).containsExactly(1L);
            assertThat(status.configuration().learners()).isEmpty();
            assertThat(status.ignoredEntries()).isEqualTo(kind.isIgnored() ? 1 : 0);
        } finally {
            replica.stop();
        }
    }

    @ParameterizedTest
    @EnumSource
    void entryOfANewerVersionStopsTheMemberAndIsNamed(OfANewerVersion kind) throws Exception {
        var name = write(kind.entry);
        var replica = replica(List.of());
        assertThatExceptionOfType(ReplicaStartException.class)
                .isThrownBy(replica::start)
                .withMessageContaining("raft.apply.skip=" + name)
                .withStackTraceContaining(
                        kind == OfANewerVersion.MACHINE
                                ? "which this application does not have"
                                : "update this member");
        assertThat(machine.commands()).containsExactly("before");
    }

    @ParameterizedTest
    @EnumSource
    void entryOfANewerVersionIsPassedOverIfTheOperatorNamesIt(OfANewerVersion kind) throws Exception {
        var name = write(kind.entry);
        var replica = replica(List.of(name));
        replica.start();
        try {
            assertThat(machine.commands()).containsExactly("before", "behind");
            assertThat(TestCluster.get(replica.status()).skippedEntries()).containsExactly(name.toString());
            assertThat(TestCluster.get(replica.status()).configuration().voters())
                    .containsExactly(1L);
        } finally {
            replica.stop();
        }
    }

    @Test
    void nullIsAFailureOfTheCommandAlikeOnAllMembers() throws Exception {
        var config =
                ReplicaConfig.builder(DIR).tickInterval(Duration.ofMillis(10)).build();
        var raft =
                RaftConfig.builder().id(1).electionTicks(10).heartbeatTicks(2).build();
        var replica = new Replica(
                config,
                raft,
                network.join(1),
                () -> Map.of("null", new NullMachine()),
                disk,
                ReplicaRuntime.ofThisProcess());
        replica.start();
        try {
            var outcome = TestCluster.get(replica.submit("null", new byte[0], null));
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                    .contains("returned null"));
            assertThat(replica.state()).isEqualTo(ReplicaState.RUNNING);
        } finally {
            replica.stop();
        }
    }

    /** Returns what it may not. */
    private static final class NullMachine implements StateMachine {
        @Override
        @SuppressWarnings("NullAway") // the very thing
        public byte[] apply(CommandContext context, byte[] command) {
            return null;
        }

        @Override
        public byte[] query(byte[] query) {
            return query;
        }

        @Override
        public SnapshotWriter snapshot() {
            return out -> {};
        }

        @Override
        public void restore(InputStream snapshot) {}
    }
}
