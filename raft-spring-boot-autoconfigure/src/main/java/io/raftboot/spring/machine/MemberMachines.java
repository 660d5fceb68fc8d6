package io.raftboot.spring.machine;

import io.raftboot.api.RefusalReason;
import io.raftboot.api.StateMachine;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.spring.RaftRefusedException;
import io.raftboot.spring.call.CalledMachines;
import io.raftboot.spring.call.MemberGroup;
import io.raftboot.spring.call.StateMachineDefinition;
import org.jspecify.annotations.Nullable;

/** The state machines of a member of this process, which it has once it was started. Any thread. */
public final class MemberMachines implements CalledMachines {
    private final Replica replica;

    public MemberMachines(Replica replica) {
        this.replica = replica;
    }

    @Override
    public StateMachineDefinition definition(String machine) {
        StateMachine target = replica.stateMachines().get(machine);
        AnnotatedStateMachine annotated = AnnotatedStateMachine.in(target);
        if (annotated != null) {
            return annotated.definition();
        }
        if (target == null && replica.state() != ReplicaState.RUNNING) {
            throw new RaftRefusedException(
                    RefusalReason.NOT_RUNNING,
                    "a call of '" + machine + "' came while the member was not running" + MemberGroup.hint(replica));
        }
        throw new IllegalArgumentException(
                target == null
                        ? "there is no state machine '" + machine + "', only "
                                + replica.stateMachines().keySet()
                        : "the state machine '" + machine + "' takes bytes, not named commands");
    }

    @Override
    public @Nullable String misfit(String machine, byte[] command) {
        AnnotatedStateMachine annotated =
                AnnotatedStateMachine.in(replica.stateMachines().get(machine));
        if (annotated != null) {
            try {
                annotated.check(command);
            } catch (IllegalArgumentException e) {
                return e.getMessage();
            }
        }
        return null;
    }
}
