package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftboot.replica.duty.ByteBudget;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.Refusal;
import io.raftboot.replica.proto.Response;
import io.raftboot.replica.proto.SubmitRequest;
import io.raftboot.replica.proto.SubmitResult;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Commands of other members that come faster than they are appended. */
class RemoteIntakeTests {
    private final ByteBudget bytes = new ByteBudget(10_000);
    private final RemoteIntake intake = new RemoteIntake(bytes);

    private static RemoteBatch batch(int commands, CompletableFuture<ByteString> response) {
        var request = SubmitRequest.newBuilder().setTerm(5);
        for (int i = 0; i < commands; i++) {
            request.addCommands(Envelope.newBuilder().setPayload(ByteString.copyFrom(new byte[1_000])));
        }
        return new RemoteBatch(request.build(), 1_000_000, response);
    }

    @Test
    void whatDoesNotFitIsRefusedAtOnceAndForCertain() throws Exception {
        var first = batch(6, new CompletableFuture<>());
        assertThat(intake.admit(first)).isTrue();
        var response = new CompletableFuture<ByteString>();
        assertThat(intake.admit(batch(6, response))).isFalse();
        assertThat(Response.parseFrom(response.getNow(ByteString.EMPTY))
                        .getSubmit()
                        .getResultsList())
                .hasSize(6)
                .extracting(SubmitResult::getRefusal)
                .containsOnly(Refusal.REFUSAL_OVERLOADED);
        first.commands().forEach(command -> command.appended(5, 1));
        assertThat(bytes.heldBytes()).isZero();
        assertThat(intake.admit(batch(6, new CompletableFuture<>()))).isTrue();
    }

    @Test
    void oneBatchFitsHoweverLarge() {
        assertThat(intake.admit(batch(100, new CompletableFuture<>()))).isTrue();
    }
}
