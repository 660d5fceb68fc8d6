package io.raftboot.console;

import io.raftboot.console.cluster.Stack;

class WebFluxTests extends ServedConsole {
    WebFluxTests() {
        super(Stack.WEBFLUX);
    }
}
