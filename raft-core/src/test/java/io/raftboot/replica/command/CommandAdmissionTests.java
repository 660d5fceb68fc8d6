package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.api.CommandContext;
import io.raftboot.api.RefusalReason;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.LedgerMachine;
import io.raftboot.replica.Replica;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Members;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.IdempotencyKey;
import io.raftboot.replica.proto.MemberRecord;
import io.raftboot.replica.proto.MemberUp;
import io.raftboot.replica.proto.OpenSession;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.StateMachineInfo;
import io.raftboot.replica.proto.StateMachines;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SystemCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a leader lets into the log. */
class CommandAdmissionTests {
    private ConfState configuration =
            ConfState.newBuilder().addVoters(1).addVoters(2).addVoters(3).build();
    private Members members = new Members(new TreeMap<>());
    private final Map<String, MachineSlot> machines =
            MachineSlot.byName(Map.of("ledger", new LedgerMachine(), "named", new Named()));
    private final CommandAdmission admission =
            new CommandAdmission("default", 1, machines, () -> configuration, () -> members, () -> null, () -> null);

    /** A command is its own name. */
    private static final class Named implements StateMachine {
        @Override
        public Set<String> commandNames() {
            return Set.of("add/1", "add/2");
        }

        @Override
        public String commandName(InputStream command) throws IOException {
            var name = new String(command.readAllBytes(), StandardCharsets.UTF_8);
            if (!name.contains("/")) {
                throw new IOException("it has no version");
            }
            return name;
        }

        @Override
        public byte[] apply(CommandContext context, byte[] command) {
            return command;
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

    private static Envelope.Builder command(String machine, String payload) {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup("default")
                .setMachine(machine)
                .setAskedMember(2)
                .setPayload(ByteString.copyFromUtf8(payload));
    }

    private CommandAdmission.@Nullable Objection local(Envelope.Builder envelope) {
        return admission.objection(new LocalCommand(envelope, 0, new PendingCommands(1, 0), null, (c, reason) -> {}));
    }

    private CommandAdmission.@Nullable Objection remote(Envelope.Builder envelope) {
        var batch = new RemoteBatch(
                SubmitRequest.newBuilder().addCommands(envelope).build(), 1000, new CompletableFuture<>());
        return admission.objection(batch.commands().get(0));
    }

    private static void assertRefused(
            CommandAdmission.@Nullable Objection objection, RefusalReason reason, String... messageParts) {
        assertThat(objection).isNotNull().satisfies(refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            for (String part : messageParts) {
                assertThat(refused.message()).contains(part);
            }
        });
    }

    private void announce(long id, StateMachines.Builder known) {
        members = members.with(
                MemberRecord.newBuilder().setId(id).setStateMachines(known).build());
    }

    private static StateMachines.Builder machines(String... names) {
        var known = StateMachines.newBuilder();
        for (String name : names) {
            known.addMachines(StateMachineInfo.newBuilder().setName(name));
        }
        return known;
    }

    @Test
    void voterThatSaysNothingKeepsNothingOut() {
        assertThat(local(command("ledger", "x"))).isNull();
        members = members.with(MemberRecord.newBuilder().setId(2).build());
        assertThat(local(command("ledger", "x"))).isNull();
        assertThat(remote(command("ledger", "x"))).isNull();
    }

    @Test
    void stateMachineThatAVoterDoesNotHaveTakesNoCommandUntilItHas() {
        announce(2, machines("ledger"));
        announce(3, machines("named"));
        assertThat(RefusalReason.NOT_KNOWN_BY_ALL.retryable()).isTrue();
        var opening = command("ledger", "").setOpenSession(OpenSession.getDefaultInstance());
        for (var envelope : List.of(command("ledger", "x"), opening)) {
            assertRefused(local(envelope), RefusalReason.NOT_KNOWN_BY_ALL, "members [3]", "'ledger'", "Update them");
            assertRefused(remote(envelope), RefusalReason.NOT_KNOWN_BY_ALL, "members [3]", "'ledger'", "Update them");
        }
        announce(3, machines("named", "ledger"));
        assertThat(local(command("ledger", "x"))).isNull();
    }

    @Test
    void learnersAndThoseWhoWereRemovedDoNotCountVotersOnTheirWayOutDo() {
        announce(4, machines());
        assertThat(local(command("ledger", "x"))).isNull();
        configuration = configuration.toBuilder().addVotersOutgoing(4).build();
        assertRefused(local(command("ledger", "x")), RefusalReason.NOT_KNOWN_BY_ALL, "[4]");
        members = members.with(MemberRecord.newBuilder()
                .setId(4)
                .setRemoved(true)
                .setStateMachines(machines())
                .build());
        assertThat(local(command("ledger", "x"))).isNull();
    }

    @Test
    void stateMachineThatTheLeaderDoesNotHaveIsRefused() {
        assertRefused(remote(command("added", "x")), RefusalReason.NOT_KNOWN_BY_ALL, "members [1]", "'added'");
    }

    @Test
    void commandThatAVoterDoesNotKnowIsRefused() {
        announce(
                2,
                StateMachines.newBuilder()
                        .addMachines(
                                StateMachineInfo.newBuilder().setName("named").addCommands("add/1")));
        announce(3, machines("named"));
        assertThat(local(command("named", "add/1"))).isNull();
        assertRefused(local(command("named", "add/2")), RefusalReason.NOT_KNOWN_BY_ALL, "[2]", "'add/2'", "'named'");
        assertRefused(remote(command("named", "add/3")), RefusalReason.NOT_KNOWN_BY_ALL, "[1, 2]", "'add/3'");
        assertRefused(remote(command("named", "nonsense")), RefusalReason.INVALID, "it has no version");
        assertThat(remote(command("named", "").setOpenSession(OpenSession.getDefaultInstance())))
                .isNull();
    }

    @Test
    void whatNoMemberCouldReadIsRefusedWhoeverSendsIt() {
        assertRefused(remote(command("ledger", "x").setGroup("other")), RefusalReason.INVALID, "'other'");
        assertRefused(remote(command("ledger", "x").clearFormatVersion()), RefusalReason.INVALID);
        assertRefused(remote(Envelope.newBuilder()), RefusalReason.INVALID);
        assertRefused(remote(command("ledger", "x").setFormatVersion(2)), RefusalReason.NOT_KNOWN_BY_ALL, "format 2");
        assertRefused(remote(command("ledger", "x").setCommandVersion(1)), RefusalReason.NOT_KNOWN_BY_ALL, "version 1");
        assertRefused(
                remote(command("ledger", "x")
                        .setIdempotencyKey(IdempotencyKey.newBuilder()
                                .setKey(ByteString.copyFrom(new byte[Replica.MAX_KEY_BYTES + 1])))),
                RefusalReason.INVALID,
                "has 256 bytes");
        assertRefused(
                remote(command("ledger", "x").setIdempotencyKey(IdempotencyKey.getDefaultInstance())),
                RefusalReason.INVALID);
    }

    @Test
    void commandsOfTheGroupAreLookedAt() {
        assertThat(remote(up(2, "host:7400"))).isNull();
        assertThat(remote(up(2, ""))).isNull();
        assertThat(remote(up(2, "[::1]:7400"))).isNull();
        assertRefused(remote(up(3, "host:7400")), RefusalReason.INVALID);
        for (String address : List.of("host", "host:0", "a b:c", ":7400", "::1:7400", "host:7400 ")) {
            assertRefused(remote(up(2, address)), RefusalReason.INVALID);
        }
        assertRefused(remote(command("", "hello")), RefusalReason.INVALID);
        assertRefused(
                remote(command("", "").setOpenSession(OpenSession.getDefaultInstance())),
                RefusalReason.NOT_KNOWN_BY_ALL);
    }

    private static Envelope.Builder up(long id, String address) {
        return command("", "")
                .setPayload(SystemCommand.newBuilder()
                        .setMemberUp(MemberUp.newBuilder()
                                .setMember(MemberRecord.newBuilder().setId(id).setAddress(address)))
                        .build()
                        .toByteString());
    }

    @Test
    void refusalGoesBackWithItsReason() throws Exception {
        var response = new CompletableFuture<ByteString>();
        var batch = new RemoteBatch(
                SubmitRequest.newBuilder().addCommands(command("added", "x")).build(), 1000, response);
        batch.commands().get(0).refuse(RefusalReason.NOT_KNOWN_BY_ALL, "why");
        var result = Response.parseFrom(response.get()).getSubmit().getResults(0);
        assertThat(result.getRefusal()).isEqualTo(io.raftboot.replica.proto.Refusal.REFUSAL_NOT_KNOWN_BY_ALL);
        assertThat(result.getMessage()).isEqualTo("why");
    }
}
