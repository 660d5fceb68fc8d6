package io.raftboot.console;

import io.raftboot.console.cluster.Stack;

class ServletTests extends ServedConsole {
    ServletTests() {
        super(Stack.SERVLET);
    }
}
