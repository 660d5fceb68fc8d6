package io.raftboot.agent;

import io.raftboot.notice.LogLabels;
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

/** A host whose threads say in each line of the log which member they work for. Any thread. */
public final class LabelledHost implements AgentHost {
    private final AgentHost host;
    private final LogLabels labels;

    public LabelledHost(AgentHost host, LogLabels labels) {
        this.host = host;
        this.labels = labels;
    }

    private Runnable labelled(Runnable task) {
        return () -> {
            labels.show();
            task.run();
        };
    }

    private List<Agent> labelled(List<Agent> agents) {
        return agents.stream().<Agent>map(LabelledAgent::new).toList();
    }

    private Consumer<Throwable> labelled(Consumer<Throwable> onFailure) {
        return failure -> {
            labels.show();
            onFailure.accept(failure);
        };
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
    public Carrier carry(String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        return host.carry(name, labelled(agents), labelled(onFailure));
    }

    @Override
    public List<Carrier> carryTogether(List<String> names, List<Agent> agents, Consumer<Throwable> onFailure) {
        return host.carryTogether(names, labelled(agents), labelled(onFailure));
    }

    @Override
    public Worker worker(String name, int threads, int maxWaiting, Consumer<Throwable> onFailure) {
        return new LabelledWorker(host.worker(name, threads, maxWaiting, labelled(onFailure)));
    }

    @Override
    public Timer timer(String name, Consumer<Throwable> onFailure) {
        return new LabelledTimer(host.timer(name, labelled(onFailure)));
    }

    @Override
    public void start(String name, Runnable task) {
        host.start(name, labelled(task));
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

    @Override
    public ThreadFactory threads(String name) {
        var factory = host.threads(name);
        return task -> factory.newThread(labelled(task));
    }

    private final class LabelledAgent implements Agent {
        private final Agent agent;

        LabelledAgent(Agent agent) {
            this.agent = agent;
        }

        @Override
        public int doWork() throws Exception {
            labels.show();
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

    private final class LabelledWorker implements Worker {
        private final Worker worker;

        LabelledWorker(Worker worker) {
            this.worker = worker;
        }

        @Override
        public void execute(Runnable task) {
            worker.execute(labelled(task));
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

    private final class LabelledTimer implements Timer {
        private final Timer timer;

        LabelledTimer(Timer timer) {
            this.timer = timer;
        }

        @Override
        public void every(Duration pause, Runnable task) {
            timer.every(pause, labelled(task));
        }

        @Override
        public void after(Duration delay, Runnable task) {
            timer.after(delay, labelled(task));
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
