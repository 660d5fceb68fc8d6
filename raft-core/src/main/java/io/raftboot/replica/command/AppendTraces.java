package io.raftboot.replica.command;

import io.raftboot.api.trace.CommandTracer;
import io.raftboot.api.trace.CommandTracer.Step;
import io.raftboot.api.trace.TraceContext;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.raft.StoppedException;
import io.raftboot.replica.machine.Envelopes;
import java.util.ArrayDeque;

/**
 * The traced commands that this member, as the leader, is bringing into the log: from when each is proposed until it is committed, or the
 * leadership has ended. There are few; nothing is kept of the others. Owned by the raft stage.
 */
public final class AppendTraces {
    /** More than that, of which none is committed, and their traces end when they are appended. */
    private static final int MAX_UNDER_WAY = 1024;

    private final CommandTracer tracer;

    /** In the order of their indexes. */
    private final ArrayDeque<Appended> underWay = new ArrayDeque<>();

    private record Appended(Step step, long index) {}

    public AppendTraces(CommandTracer tracer) {
        this.tracer = tracer;
    }

    /** Who is to be told what becomes of the command's proposal: the command, and its trace if it has one. */
    ProposalListener around(Command command) {
        var content = command.content();
        if (content.getTrace().isEmpty()) {
            return command;
        }
        TraceContext trace = Envelopes.trace(content.getTrace());
        return trace == null ? command : new Traced(command, tracer.append(trace, content.getMachine()));
    }

    /** The log is committed up to there. */
    public void committed(long index) {
        for (var first = underWay.peek(); first != null && first.index() <= index; first = underWay.peek()) {
            underWay.remove();
            first.step().end(null);
        }
    }

    /** This member leads no more, or in another term: nothing that it has appended need be committed. */
    void ended(String why) {
        underWay.forEach(appended -> appended.step().end(why));
        underWay.clear();
    }

    private final class Traced implements ProposalListener {
        private final ProposalListener command;
        private final Step step;

        Traced(ProposalListener command, Step step) {
            this.command = command;
            this.step = step;
        }

        @Override
        public void appended(long term, long index) {
            step.at(term, index);
            if (underWay.size() < MAX_UNDER_WAY) {
                underWay.add(new Appended(step, index));
            } else {
                step.end(null);
            }
            command.appended(term, index);
        }

        @Override
        public void dropped(RaftException reason) {
            step.end(reason instanceof StoppedException ? "the member has stopped" : "it was not appended");
            command.dropped(reason);
        }
    }
}
