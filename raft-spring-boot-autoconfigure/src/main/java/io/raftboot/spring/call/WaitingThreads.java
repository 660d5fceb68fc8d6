package io.raftboot.spring.call;

import io.raftboot.api.CommandContext;
import io.raftboot.replica.Replica;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;
import reactor.core.scheduler.Schedulers;

/** Looks at the threads on which calls wait: on some the wait could not end, on others it holds up more than the caller. */
public final class WaitingThreads {
    private static final Logger log = LoggerFactory.getLogger(WaitingThreads.class);
    private static final boolean REACTOR =
            ClassUtils.isPresent("reactor.core.scheduler.Schedulers", WaitingThreads.class.getClassLoader());

    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * Looks at the calling thread, before anything is proposed. Warns, once, of a thread of Reactor's on which nothing should wait.
     *
     * @param called name of the state machine
     * @param operation of it, or null for a call in bytes
     * @throws IllegalStateException on a thread that has to bring about what it would wait for
     */
    public void check(String called, @Nullable String operation) {
        if (Replica.isStageThread()) {
            // Inside of a state machine this has a better message.
            refuseStateMachines(called, operation);
            throw new IllegalStateException(name(called, operation) + " was called on the thread "
                    + Thread.currentThread().getName()
                    + " of the member, which completes futures and has to apply what the call would wait for. Before it, write"
                    + " thenApplyAsync(..., executor), or publishOn(Schedulers.boundedElastic()) behind Mono.fromFuture; or call"
                    + " RaftTemplate.submit and query, which do not wait, in thenCompose or flatMap");
        }
        if (REACTOR && Schedulers.isInNonBlockingThread() && warned.compareAndSet(false, true)) {
            log.warn(
                    "{} was called on the thread {}, one of the few that serve all requests, and waits there until the group"
                            + " has agreed; the other requests of the thread wait too. Write Mono.fromFuture(() ->"
                            + " raftTemplate.submit(...)), or Mono.fromCallable(() -> ...)"
                            + ".subscribeOn(Schedulers.boundedElastic()). Methods of controllers that return plain values are"
                            + " called on other threads with spring.threads.virtual.enabled=true, or by"
                            + " WebFluxConfigurer.configureBlockingExecution. This is said once.",
                    name(called, operation),
                    Thread.currentThread().getName());
        }
    }

    /**
     * Says no to a call of a state machine by another, or by itself.
     *
     * @param called name of the state machine
     * @param operation of it, or null for a call in bytes
     * @throws IllegalStateException within a state machine, where waiting for a command would wait for itself for ever
     */
    public static void refuseStateMachines(String called, @Nullable String operation) {
        String machine = CommandContext.machine();
        if (machine != null) {
            throw new IllegalStateException("the state machine '" + machine + "' called " + name(called, operation)
                    + " while it was applying or answering; a state machine can't wait for what only it can do next."
                    + " Call its own methods directly (this), and other state machines from outside");
        }
    }

    private static String name(String called, @Nullable String operation) {
        return operation == null ? "'" + called + "'" : called + "." + operation;
    }
}
