package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.RefusalReason;
import io.raftboot.api.trace.CommandTracer;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.raft.ProposalDroppedException;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.SubmitRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the tracer of a leader is told of the commands that it brings into the log. */
class AppendTracesTests {
    private final List<String> told = new ArrayList<>();
    private final AppendTraces traces = new AppendTraces(new CommandTracer() {
        @Override
        public Step append(TraceContext trace, String machine) {
            return new Step() {
                private String name = machine;

                @Override
                public void at(long term, long index) {
                    name = machine + " at " + index;
                }

                @Override
                public void end(@Nullable String trouble) {
                    told.add(name + ": " + trouble);
                }
            };
        }
    });

    private static RemoteCommand command(String machine, boolean traced) {
        var envelope = Envelope.newBuilder().setMachine(machine);
        if (traced) {
            envelope.setTrace(
                    Envelopes.bytes(new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "")));
        }
        return new RemoteBatch(SubmitRequest.newBuilder().addCommands(envelope).build(), 100, new CompletableFuture<>())
                .commands()
                .get(0);
    }

    private RemoteCommand appended(String machine, long index) {
        var command = command(machine, true);
        traces.around(command).appended(3, index);
        return command;
    }

    @Test
    void stepEndsWhenItsEntryIsCommitted() {
        assertThat(appended("a", 5).isDone()).isTrue();
        appended("b", 6);
        traces.committed(4);
        assertThat(told).isEmpty();
        traces.committed(5);
        assertThat(told).containsExactly("a at 5: null");
        traces.committed(9);
        traces.committed(10);
        assertThat(told).containsExactly("a at 5: null", "b at 6: null");
    }

    @Test
    void stepEndsWithTheLeadership() {
        appended("a", 5);
        traces.ended("lost");
        traces.committed(9);
        assertThat(told).containsExactly("a at 5: lost");
    }

    @Test
    void stepOfACommandThatIsNotAppendedEnds() {
        var command = command("a", true);
        traces.around(command).dropped(new ProposalDroppedException(ProposalDroppedException.Reason.NO_LEADER));
        assertThat(told).containsExactly("a: it was not appended");
        assertThat(command.isDone()).isTrue();
        traces.ended("lost");
        assertThat(told).hasSize(1);
    }

    @Test
    void commandWithoutATraceIsNotWrapped() {
        var command = command("a", false);
        assertThat(traces.around(command)).isSameAs(command);
        command.refuse(RefusalReason.NO_LEADER, "done");
    }

    @Test
    void moreThanAFewUnderWayAreNotKept() {
        for (int i = 1; i <= 2000; i++) {
            appended("a", i);
        }
        assertThat(told).hasSize(2000 - 1024);
        traces.committed(2000);
        assertThat(told).hasSize(2000);
    }
}
