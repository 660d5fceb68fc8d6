package io.raftboot.replica.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.raft.confchange.ConfChanges;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.raft.proto.ConfState;
import io.raftboot.replica.proto.BeginChange;
import io.raftboot.replica.proto.ChangeContext;
import io.raftboot.replica.proto.ChangeRecord;
import io.raftboot.replica.proto.ChangeRefusalReason;
import io.raftboot.replica.proto.ChangeResult;
import io.raftboot.replica.proto.ChangeState;
import io.raftboot.replica.proto.EndChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the members: the one under way, and those that ended last. Every member keeps the same, from the log alone, so that
 * whoever comes to lead goes on with what the one before began. Owned by the apply stage; {@link #now} may be read from any thread.
 */
public final class ChangeLedger {
    /** Why a key that is known is refused. */
    public static final String KEY_REUSED = "the idempotency key was used for another change before: take a new one";

    /** Ended changes that are remembered; for as long a change that is asked for again is known to be the same. */
    static final int MAX_PAST = 32;

    private volatile Changes now = new Changes(List.of(), null, 0);

    /**
     * As they are at one moment.
     *
     * @param past those that ended last, the oldest first
     * @param running null if there is none
     * @param wantedVoters how many voters the group is to have, as the newest change that was done has it; 0 if none has
     */
    public record Changes(List<ChangeRecord> past, @Nullable ChangeRecord running, int wantedVoters) {
        public Changes {
            past = List.copyOf(past);
        }

        /** The oldest first. */
        public List<ChangeRecord> all() {
            var all = new ArrayList<>(past);
            if (running != null) {
                all.add(running);
            }
            return all;
        }

        /** The one that was asked for with this key. */
        public Optional<ChangeRecord> byKey(String key) {
            return all().stream().filter(change -> change.getKey().equals(key)).findFirst();
        }

        /** The one that began with the entry at this index. */
        public Optional<ChangeRecord> byId(long id) {
            return all().stream().filter(change -> change.getId() == id).findFirst();
        }
    }

    Changes now() {
        return now;
    }

    /** What a change of the configuration says beside itself; nothing if it was proposed by hand. */
    static ChangeContext contextOf(ConfChangeV2 change) {
        try {
            return ChangeContext.parseFrom(change.getContext());
        } catch (InvalidProtocolBufferException e) {
            // Whoever proposes a change by hand may put anything there, and every member reads the same.
            return ChangeContext.getDefaultInstance();
        }
    }

    /** Who asked for the change that a step belongs to; empty if that is not known. */
    String askedBy(ChangeContext context) {
        var running = now.running();
        // The change that leaves a joint configuration is the core's own, and names nobody.
        long id = context.getChangeId() == 0 && running != null ? running.getId() : context.getChangeId();
        return now.byId(id).map(ChangeRecord::getBy).orElse("");
    }

    ChangeResult begin(BeginChange begin, long index, ConfState configuration, long agreedMillis) {
        var same = now.byKey(begin.getKey());
        if (same.isPresent()) {
            return same.get().getRequest().equals(begin.getRequest())
                    ? ChangeResult.newBuilder().setChange(same.get()).build()
                    : refused(ChangeRefusalReason.CHANGE_REFUSAL_OTHER, KEY_REUSED);
        }
        var running = now.running();
        if (running != null) {
            return refused(ChangeRefusalReason.CHANGE_REFUSAL_RUNNING, "change " + running.getId() + " is under way");
        }
        if (ConfChanges.difference(begin.getConfiguration(), configuration) != null) {
            return refused(
                    ChangeRefusalReason.CHANGE_REFUSAL_STALE,
                    "the configuration has changed meanwhile: look at it, and decide again");
        }
        var begun = ChangeRecord.newBuilder()
                .setId(index)
                .setKey(begin.getKey())
                .setBy(begin.getBy())
                .addAllSteps(begin.getStepsList())
                .setBegunMillis(agreedMillis)
                .setWantedVoters(begin.getWantedVoters())
                .setRequest(begin.getRequest())
                .build();
        var change = settled(begun, configuration, agreedMillis);
        replace(change);
        return ChangeResult.newBuilder().setChange(change).build();
    }

    ChangeResult end(EndChange end, long agreedMillis) {
        var running = now.running();
        if (running == null || running.getId() != end.getChangeId()) {
            return now.byId(end.getChangeId())
                    .map(ended -> ChangeResult.newBuilder().setChange(ended).build())
                    .orElseGet(() -> refused(
                            ChangeRefusalReason.CHANGE_REFUSAL_UNKNOWN, "there is no change " + end.getChangeId()));
        }
        var ended = running.toBuilder()
                .setState(end.getState())
                .setWhy(end.getWhy())
                .setEndedMillis(agreedMillis)
                .build();
        replace(ended);
        return ChangeResult.newBuilder().setChange(ended).build();
    }

    /** A change of the configuration is in force. One that was on its way when its change was cancelled counts as well. */
    void stepDone(ChangeContext context, ConfState configuration, long agreedMillis) {
        int wanted = Math.max(now.wantedVoters(), wantedByThePast(context));
        var past = now.past().stream().map(change -> counted(change, context)).toList();
        var running = now.running();
        now = new Changes(past, running, wanted);
        if (running != null) {
            replace(settled(counted(running, context), configuration, agreedMillis));
        }
    }

    /**
     * As many voters as a change that has ended wanted to be known, of which a step comes into force all the same; 0 if none does. Else
     * one that removes a dead voter, and is cancelled meanwhile, would leave a group that seems to have wanted no more.
     */
    private int wantedByThePast(ChangeContext context) {
        return now.past().stream()
                .filter(change -> counts(change, context))
                .mapToInt(ChangeRecord::getWantedVoters)
                .max()
                .orElse(0);
    }

    private static ChangeRecord counted(ChangeRecord change, ChangeContext context) {
        return counts(change, context)
                ? change.toBuilder().setDone(change.getDone() + 1).build()
                : change;
    }

    private static boolean counts(ChangeRecord change, ChangeContext context) {
        return context.getChangeId() == change.getId() && context.getStep() == change.getDone();
    }

    /** A change is done when all its steps are, and the last of them is not between two configurations any more. */
    private static ChangeRecord settled(ChangeRecord change, ConfState configuration, long agreedMillis) {
        boolean done = change.getDone() >= change.getStepsCount() && configuration.getVotersOutgoingCount() == 0;
        return done
                ? change.toBuilder()
                        .setState(ChangeState.CHANGE_DONE)
                        .setEndedMillis(agreedMillis)
                        .build()
                : change;
    }

    private void replace(ChangeRecord change) {
        if (change.getState() == ChangeState.CHANGE_RUNNING) {
            now = new Changes(now.past(), change, now.wantedVoters());
            return;
        }
        var past = new ArrayList<>(now.past());
        past.add(change);
        boolean says = change.getState() == ChangeState.CHANGE_DONE && change.getWantedVoters() > 0;
        now = new Changes(
                past.subList(Math.max(0, past.size() - MAX_PAST), past.size()),
                null,
                says ? change.getWantedVoters() : now.wantedVoters());
    }

    void restore(List<ChangeRecord> changes, int wantedVoters) {
        var past = new ArrayList<ChangeRecord>();
        ChangeRecord running = null;
        for (ChangeRecord change : changes) {
            if (change.getState() == ChangeState.CHANGE_RUNNING) {
                running = change;
            } else {
                past.add(change);
            }
        }
        now = new Changes(past, running, wantedVoters);
    }

    private static ChangeResult refused(ChangeRefusalReason reason, String why) {
        return ChangeResult.newBuilder().setReason(reason).setRefusal(why).build();
    }
}
