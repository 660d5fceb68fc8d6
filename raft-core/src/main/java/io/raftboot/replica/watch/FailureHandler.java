package io.raftboot.replica.watch;

import java.util.function.Consumer;

/** Is told, on the thread that failed and as its last act, what makes it impossible to go on. Must not throw. */
@FunctionalInterface
public interface FailureHandler extends Consumer<Throwable> {}
