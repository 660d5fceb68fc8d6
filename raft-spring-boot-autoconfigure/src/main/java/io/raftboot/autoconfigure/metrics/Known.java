package io.raftboot.autoconfigure.metrics;

import io.raftboot.api.MembershipView;
import io.raftboot.replica.ReplicaStatus;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** How the member and its group were when somebody looked last. Any thread. */
final class Known {
    private volatile @Nullable ReplicaStatus status;
    private volatile @Nullable MembershipView view;

    void status(ReplicaStatus newStatus) {
        status = newStatus;
    }

    void view(MembershipView newView) {
        view = newView;
    }

    @Nullable
    MembershipView view() {
        return view;
    }

    /** A figure of the member; not a number before somebody has looked. */
    double ofStatus(ToDoubleFunction<ReplicaStatus> figure) {
        var present = status;
        return present == null ? Double.NaN : figure.applyAsDouble(present);
    }

    /** A figure of the group that only its leader knows; not a number while none is known to have told it. */
    double ofLeader(ToDoubleFunction<MembershipView> figure) {
        var present = view;
        return present == null || present.source().ageMillis() == null ? Double.NaN : figure.applyAsDouble(present);
    }
}
