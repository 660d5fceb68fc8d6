package io.raftboot.console.cluster;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftRestore;
import io.raftboot.spring.RaftSnapshot;
import io.raftboot.spring.RaftStateMachine;
import java.util.Set;
import java.util.TreeSet;

/** A second state machine. */
@RaftStateMachine("orders")
class Orders {
    private final Set<String> open = new TreeSet<>();

    @RaftCommand
    boolean place(String order) {
        return open.add(order);
    }

    @RaftCommand
    boolean ship(String order) {
        return open.remove(order);
    }

    @RaftQuery
    int waiting() {
        return open.size();
    }

    @RaftSnapshot
    Set<String> save() {
        return new TreeSet<>(open);
    }

    @RaftRestore
    void restore(Set<String> snapshot) {
        open.clear();
        open.addAll(snapshot);
    }
}
