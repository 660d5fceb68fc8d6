package io.raftboot.autoconfigure.web.slice;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftStateMachine;

@RaftStateMachine("stock")
class Stock {
    private int count;

    @RaftCommand
    int add(int quantity) {
        return count += quantity;
    }
}
