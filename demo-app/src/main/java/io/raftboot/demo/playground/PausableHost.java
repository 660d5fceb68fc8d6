package io.raftboot.demo.playground;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.AgentHost;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.Clock;
import io.raftboot.agent.Deadline;
import io.raftboot.agent.Timer;
import io.raftboot.agent.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A host whose agents, timers and workers begin nothing while the gate is closed. What they are at they end: a force of the log that is
 * under way comes back, and nobody goes on with it. The clock goes on, as it does while a process stands still.
 */
record PausableHost(AgentHost host, PauseGate gate) implements AgentHost {
    private Runnable behindGate(Runnable task) {
        return () -> {
            gate.pass();
            task.run();
        };
    }

    private List<Agent> behindGate(List<Agent> agents) {
        return agents.stream()
                .<Agent>map(agent -> new PausableAgent(agent, gate))
                .toList();
    }

    @Override
    public Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        return host.carry(name, behindGate(agents), onFailure);
    }

    @Override
    public List<Carrier> carryTogether(List<String> names, List<Agent> agents, Consumer<Throwable> onFailure) {
        return host.carryTogether(names, behindGate(agents), onFailure);
    }

    @Override
    public Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new PausableWorker(host.worker(name, threads, maxWaiting, onFailure));
    }

    @Override
    public Timer timer(String name, Consumer<Throwable> onFailure) {
        return new PausableTimer(host.timer(name, onFailure));
    }

    @Override
    public void start(String name, Runnable task) {
        host.start(name, behindGate(task));
    }

    /** Those of the network go on; what they bring waits at the gate of the {@link MemberNetwork}. */
    @Override
    public ThreadFactory threads(String name) {
        return host.threads(name);
    }

    @Override
    public Clock clock() {
        return host.clock();
    }

    @Override
    public RandomGenerator strongRandom() {
        return host.strongRandom();
    }

    @Override
    public RandomGenerator random() {
        return host.random();
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        return host.await(future, timeout);
    }

    @Override
    public boolean awaitDone(CompletableFuture<?> future, Duration timeout) throws InterruptedException {
        return host.awaitDone(future, timeout);
    }

    @Override
    public Deadline deadline(Duration patience) {
        return host.deadline(patience);
    }

    private record PausableAgent(Agent agent, PauseGate gate) implements Agent {
        @Override
        public int doWork() throws Exception {
            gate.pass();
            return agent.doWork();
        }

        @Override
        public void wakeWith(Runnable waker) {
            agent.wakeWith(waker);
        }

        @Override
        public String name() {
            return agent.name();
        }

        @Override
        public AgentActivity activity() {
            return agent.activity();
        }
    }

    private final class PausableWorker implements Worker {
        private final Worker worker;

        PausableWorker(Worker worker) {
            this.worker = worker;
        }

        @Override
        public void execute(Runnable task) {
            worker.execute(behindGate(task));
        }

        @Override
        public void stop() {
            worker.stop();
        }

        @Override
        public boolean awaitEnd(Duration patience) throws InterruptedException {
            return worker.awaitEnd(patience);
        }

        @Override
        public Set<Thread> threads() {
            return worker.threads();
        }
    }

    private final class PausableTimer implements Timer {
        private final Timer timer;

        PausableTimer(Timer timer) {
            this.timer = timer;
        }

        @Override
        public void every(Duration pause, Runnable task) {
            timer.every(pause, behindGate(task));
        }

        @Override
        public void after(Duration delay, Runnable task) {
            timer.after(delay, behindGate(task));
        }

        @Override
        public void stop() {
            timer.stop();
        }

        @Override
        public boolean awaitEnd(Duration patience) throws InterruptedException {
            return timer.awaitEnd(patience);
        }

        @Override
        public Set<Thread> threads() {
            return timer.threads();
        }
    }
}
