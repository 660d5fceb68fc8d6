package io.raftboot.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftboot.agent.Agent;
import io.raftboot.agent.AgentActivity;
import io.raftboot.agent.Inbox;
import io.raftboot.agent.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimulatedHostTests {
    private final Simulation simulation = new Simulation(1);
    private final List<String> done = new ArrayList<>();

    private static void unexpected(Throwable failure) {
        throw new AssertionError(failure);
    }

    private SimulatedHost host(Pace pace) {
        return simulation.host("host", pace);
    }

    private void run(int millis) {
        simulation.events().runFor(Duration.ofMillis(millis));
    }

    private void tickEachTenMillis(Timer timer) {
        timer.every(Duration.ofMillis(10), () -> done.add(simulation.events().nowNanos() / 1_000_000 + " ms"));
    }

    @Test
    void agentIsSteppedOnceItIsWokenAndWhileItHasWork() {
        var agent = new Echo(done);
        var carrier = host(Pace.EXACT).carry("stage", List.of(agent), SimulatedHostTests::unexpected);
        agent.inbox.put("before the start");
        run(1);
        assertThat(done).isEmpty();

        carrier.start();
        run(1);
        agent.inbox.put("later");
        assertThat(done).containsExactly("before the start");
        run(1);
        assertThat(done).containsExactly("before the start", "later");

        carrier.stop();
        agent.inbox.put("too late");
        run(1);
        assertThat(done).hasSize(2);
    }

    @Test
    void whatAnAgentThrowsIsTheLastItDoes() {
        var failures = new ArrayList<Throwable>();
        var agent = new Echo(done);
        var carrier = host(Pace.EXACT).carry("stage", List.of(agent), failures::add);
        carrier.start();
        agent.inbox.put("fail");
        run(1);
        agent.inbox.put("more");
        run(1);

        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(done).isEmpty();
    }

    @Test
    void workerOfOneThreadKeepsTheOrderAndOneOfSeveralNeedNot() {
        var one = host(Pace.EXACT.withTurnNanos(1_000)).worker("one", 1, 100, SimulatedHostTests::unexpected);
        var four = host(Pace.EXACT.withTurnNanos(1_000)).worker("four", 4, 100, SimulatedHostTests::unexpected);
        var order = IntStream.range(0, 20).boxed().toList();
        var byOne = new ArrayList<Integer>();
        var byFour = new ArrayList<Integer>();
        order.forEach(number -> one.execute(() -> byOne.add(number)));
        order.forEach(number -> four.execute(() -> byFour.add(number)));
        run(1);

        assertThat(byOne).isEqualTo(order);
        assertThat(byFour).isNotEqualTo(order).containsExactlyInAnyOrderElementsOf(order);
    }

    @Test
    void workerTakesNoMoreThanItMay() {
        var worker = host(Pace.EXACT).worker("worker", 1, 1, SimulatedHostTests::unexpected);
        worker.execute(() -> done.add("first"));
        worker.execute(() -> done.add("second"));

        assertThatThrownBy(() -> worker.execute(() -> done.add("third")))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("too much waits");
        worker.stop();
        assertThatThrownBy(() -> worker.execute(() -> {})).hasMessageContaining("stopping");
        run(1);
        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void timerRingsByTheClockOfItsHost() {
        var host = host(Pace.EXACT.withRate(2).withOffsetNanos(7));
        tickEachTenMillis(host.timer("tick", SimulatedHostTests::unexpected));
        run(16);

        assertThat(done).containsExactly("5 ms", "10 ms", "15 ms");
        assertThat(host.clock().nanoTime()).isEqualTo(32_000_007);
    }

    @Test
    void processThatStandsStillDoesWhatItMissedAfterwardsAndTicksOnce() {
        var host = host(Pace.EXACT);
        tickEachTenMillis(host.timer("tick", SimulatedHostTests::unexpected));
        run(15);
        host.pause(50_000_000);
        host.after(0, "message", () -> done.add("message"));
        run(59);

        assertThat(done).containsExactly("10 ms", "message", "65 ms");
    }

    @Test
    void ticksComeInABunchWhereThatIsTheMistakeToBeFound() {
        var host = host(Pace.EXACT.withBunched(true));
        tickEachTenMillis(host.timer("tick", SimulatedHostTests::unexpected));
        run(15);
        host.pause(50_000_000);
        run(53);

        assertThat(done).containsExactly("10 ms", "65 ms", "65 ms", "65 ms", "65 ms", "65 ms");
    }

    @Test
    void nothingMoreOfADeadProcessHappens() {
        var host = host(Pace.EXACT);
        tickEachTenMillis(host.timer("tick", SimulatedHostTests::unexpected));
        host.worker("worker", 1, 1, SimulatedHostTests::unexpected).execute(() -> done.add("task"));
        host.crash();
        run(100);

        assertThat(done).isEmpty();
    }

    @Test
    void thereAreNoThreads() {
        var host = host(Pace.EXACT);

        assertThatThrownBy(() -> host.threads("raft-1-end")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void generatorsOfOneSeedGiveTheSameNumbers() {
        var other = new Simulation(1).host("host", Pace.EXACT);
        var host = host(Pace.EXACT);

        assertThat(host.random().nextLong()).isEqualTo(other.random().nextLong());
        assertThat(host.strongRandom().nextLong())
                .isEqualTo(other.strongRandom().nextLong());
        assertThat(host.random().nextLong()).isNotEqualTo(host.random().nextLong());
    }

    /** Does what it is given, by saying it. */
    private static final class Echo implements Agent {
        private final Inbox<String> inbox = new Inbox<>();
        private final AgentActivity activity = new AgentActivity();
        private final List<String> said;

        Echo(List<String> said) {
            this.said = said;
        }

        @Override
        public int doWork() {
            var next = inbox.poll();
            if (next == null) {
                return 0;
            }
            if (next.equals("fail")) {
                throw new IllegalStateException("asked to fail");
            }
            said.add(next);
            return 1;
        }

        @Override
        public void wakeWith(Runnable waker) {
            inbox.wakeWith(waker);
        }

        @Override
        public String name() {
            return "echo";
        }

        @Override
        public AgentActivity activity() {
            return activity;
        }
    }
}
