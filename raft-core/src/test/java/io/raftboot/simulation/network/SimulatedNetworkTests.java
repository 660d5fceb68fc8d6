package io.raftboot.simulation.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.ConnectTimeoutException;
import io.raftboot.simulation.Pace;
import io.raftboot.simulation.Simulation;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Channels, connections and event loops of a simulation, as handlers of Netty see them. */
class SimulatedNetworkTests {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Simulation simulation = new Simulation(7);
    private final SimulatedNetwork network = new SimulatedNetwork(simulation);
    private final Plug one = plug(1, Pace.EXACT);
    private final Plug two = plug(2, Pace.EXACT);

    @AfterEach
    void nothingWasThrownOnALoop() {
        assertThat(one.errors).isEmpty();
        assertThat(two.errors).isEmpty();
        simulation.close();
    }

    private Plug plug(long machine, Pace pace) {
        return new Plug(simulation, network, machine, pace);
    }

    private void pass(Duration time) {
        simulation.events().runFor(time);
    }

    /** What the first has dialled; the second has the other end. */
    private Plug.End connect() throws UnknownHostException {
        var unused = two.listen();
        pass(SOON);
        var dialled = one.dial(2);
        pass(SOON);
        assertThat(dialled.active).isTrue();
        return dialled;
    }

    private Plug.End accepted() {
        assertThat(two.accepted).hasSize(1);
        return two.accepted.get(0);
    }

    private static byte[] bytes(int count) {
        var bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    void bytesArriveInOrderHoweverTheyAreCut() throws Exception {
        var dialled = connect();
        var bytes = bytes(500_000);
        dialled.write(bytes);
        pass(LONG);

        assertThat(accepted().received.toByteArray()).isEqualTo(bytes);
        assertThat(accepted().sizes).hasSizeGreaterThan(20);
    }

    @Test
    void bothWaysCarry() throws Exception {
        var dialled = connect();
        dialled.write(bytes(10));
        accepted().write(bytes(20));
        pass(SOON);

        assertThat(accepted().received.toByteArray()).isEqualTo(bytes(10));
        assertThat(dialled.received.toByteArray()).isEqualTo(bytes(20));
    }

    @Test
    void channelIsNotWritableWhileTheOtherSideDoesNotRead() throws Exception {
        two.reads = false;
        var dialled = connect();
        var bytes = bytes(600_000);
        dialled.write(bytes);
        pass(LONG);
        assertThat(accepted().received.size()).isZero();
        assertThat(dialled.channel().isWritable()).isFalse();
        assertThat(dialled.writable).last().isEqualTo(false);

        accepted().channel().config().setAutoRead(true);
        pass(LONG);
        assertThat(accepted().received.toByteArray()).isEqualTo(bytes);
        assertThat(dialled.writable).last().isEqualTo(true);
    }

    @Test
    void slowLinkLetsNoMoreThroughThanItSays() throws Exception {
        var dialled = connect();
        network.slow(1, 2, 1_000);
        dialled.write(bytes(4_000));
        pass(Duration.ofSeconds(2));
        assertThat(accepted().received.size()).isLessThanOrEqualTo(2_000);

        pass(Duration.ofSeconds(3));
        assertThat(accepted().received.toByteArray()).isEqualTo(bytes(4_000));
    }

    @Test
    void whatIsCutOffArrivesInOrderWhenThatIsOver() throws Exception {
        var dialled = connect();
        network.cut(1, 2, true);
        var bytes = bytes(3_000);
        dialled.write(bytes);
        accepted().write(bytes(5));
        pass(LONG);
        assertThat(accepted().received.size()).isZero();
        assertThat(dialled.received.size()).as("the other direction").isEqualTo(5);

        network.cut(1, 2, false);
        dialled.write(bytes(7));
        pass(Duration.ofSeconds(1));
        assertThat(accepted().received.toByteArray())
                .startsWith(bytes)
                .endsWith(bytes(7))
                .hasSize(3_007);
    }

    @Test
    void portThatNobodyListensOnRefuses() throws Exception {
        var dialled = one.dial(2);
        pass(SOON);

        assertThat(dialled.failure())
                .isInstanceOf(ConnectException.class)
                .isNotInstanceOf(ConnectTimeoutException.class)
                .hasMessageContaining("Connection refused");
    }

    @Test
    void machineThatIsOffDoesNotAnswer() throws Exception {
        network.died(2, Death.POWER_LOST);
        var dialled = one.dial(2);
        pass(Duration.ofMillis(Plug.CONNECT_TIMEOUT_MILLIS - 10));
        assertThat(dialled.failure()).isNull();

        pass(SOON);
        assertThat(dialled.failure()).isInstanceOf(ConnectTimeoutException.class);
    }

    @Test
    void answerThatIsCutOffLeavesTheDiallerWithoutOne() throws Exception {
        var unused = two.listen();
        pass(SOON);
        network.cut(2, 1, true);
        var dialled = one.dial(2);
        pass(LONG);

        assertThat(dialled.failure()).isInstanceOf(ConnectTimeoutException.class);
        assertThat(two.accepted).isEmpty();
    }

    @Test
    void portIsTakenOnce() throws Exception {
        var first = two.listen();
        var second = two.listen();
        pass(SOON);

        assertThat(first.isSuccess()).isTrue();
        assertThat(second.cause()).isInstanceOf(BindException.class);
    }

    @Test
    void otherSideSeesTheEndBehindWhatWasWritten() throws Exception {
        var dialled = connect();
        dialled.write(bytes(9_000));
        dialled.close();
        pass(LONG);

        assertThat(accepted().received.toByteArray()).isEqualTo(bytes(9_000));
        assertThat(accepted().ended).isTrue();
        assertThat(accepted().thrown).isEmpty();
    }

    @Test
    void closeWithBytesThatWereNotReadIsAReset() throws Exception {
        two.reads = false;
        var dialled = connect();
        dialled.write(bytes(100));
        pass(SOON);
        accepted().close();
        pass(SOON);

        assertThat(dialled.thrown).singleElement().isInstanceOf(IOException.class);
        assertThat(dialled.ended).isTrue();
    }

    @Test
    void kernelOfAProcessThatIsKilledEndsItsConnections() throws Exception {
        var dialled = connect();
        two.host.crash();
        network.died(2, Death.KILLED);
        pass(SOON);

        assertThat(dialled.ended).isTrue();
        assertThat(one.dial(2)).satisfies(again -> {
            pass(SOON);
            assertThat(again.failure()).hasMessageContaining("Connection refused");
        });
    }

    @Test
    void lossOfPowerIsSeenWhenTheMachineIsOnAgainAndSomethingIsSentToIt() throws Exception {
        var dialled = connect();
        two.host.crash();
        network.died(2, Death.POWER_LOST);
        dialled.write(bytes(10));
        pass(LONG);
        assertThat(dialled.ended).isFalse();

        plug(2, Pace.EXACT);
        pass(LONG);
        assertThat(dialled.ended).isFalse();
        dialled.write(bytes(10));
        pass(SOON);
        assertThat(dialled.ended).isTrue();
        assertThat(dialled.thrown).singleElement().isInstanceOf(IOException.class);
    }

    @Test
    void oneSideMayBelieveInAConnectionThatIsNoneForTheOther() throws Exception {
        var dialled = connect();
        network.resetAt(1, 2);
        pass(SOON);
        assertThat(dialled.ended).isTrue();
        assertThat(accepted().ended).isFalse();

        accepted().write(bytes(1));
        pass(SOON);
        assertThat(accepted().ended).isTrue();
    }

    @Test
    void silentConnectionIsOneForBoth() throws Exception {
        var dialled = connect();
        network.silence(2, 1);
        dialled.write(bytes(100));
        accepted().write(bytes(50));
        pass(LONG);

        assertThat(accepted().received.size()).isZero();
        assertThat(dialled.received.size()).isEqualTo(50);
        assertThat(List.of(dialled.ended, accepted().ended)).containsOnly(false);
    }

    @Test
    void oneBitIsTurned() throws Exception {
        var dialled = connect();
        network.flip(1, 2, 1);
        dialled.write(new byte[1]);
        pass(SOON);

        assertThat(Integer.bitCount(accepted().received.toByteArray()[0] & 0xff))
                .isEqualTo(1);
    }

    @Test
    void processThatStandsStillTakesWhatHasComeWhenItGoesOn() throws Exception {
        var dialled = connect();
        two.host.pause(Duration.ofSeconds(3).toNanos());
        long pausedUntil =
                simulation.events().nowNanos() + Duration.ofSeconds(3).toNanos();
        dialled.write(bytes(100));
        var second = one.dial(2);
        pass(Duration.ofSeconds(2));
        assertThat(second.active).as("the kernel has connected it").isTrue();
        assertThat(two.accepted).hasSize(1);
        assertThat(accepted().received.size()).isZero();

        pass(Duration.ofSeconds(2));
        assertThat(two.accepted).hasSize(2);
        assertThat(two.accepted.get(0).received.size()).isEqualTo(100);
        assertThat(two.accepted.get(0).readNanos).isEqualTo(pausedUntil);
    }

    @Test
    void timersGoByTheClockOfTheProcess() {
        var fast = plug(3, Pace.EXACT.withRate(2));
        var rings = new ArrayList<Long>();
        var unused = fast.loop.scheduleWithFixedDelay(
                () -> rings.add(simulation.events().nowNanos()), 100, 100, TimeUnit.MILLISECONDS);
        var never = fast.loop.schedule(() -> rings.add(0L), 120, TimeUnit.MILLISECONDS);
        never.cancel(false);
        pass(Duration.ofMillis(101));
        assertThat(rings).containsExactly(50_000_000L, 100_000_000L);

        fast.host.pause(Duration.ofSeconds(1).toNanos());
        pass(Duration.ofMillis(1_020));
        assertThat(rings).hasSize(3).last().isEqualTo(1_101_000_000L);

        fast.host.crash();
        pass(LONG);
        assertThat(rings).hasSize(3);
    }

    @Test
    void onlyATaskOfTheLoopIsOnIt() {
        var seen = new ArrayList<Boolean>();
        one.loop.execute(() -> {
            seen.add(one.loop.inEventLoop());
            seen.add(two.loop.inEventLoop());
            one.loop.execute(() -> seen.add(one.loop.inEventLoop()));
            seen.add(seen.size() == 3); // not in the midst of this one
        });
        assertThat(one.loop.inEventLoop()).isFalse();
        assertThat(seen).isEmpty();
        pass(SOON);
        assertThat(seen).containsExactly(true, false, false, true);
    }

    @Test
    void loopThatEndsDoesWhatWaitsAndNothingAfterwards() throws Exception {
        var done = new ArrayList<String>();
        one.loop.execute(() -> done.add("waited"));
        var late = one.loop.schedule(() -> done.add("late"), 1, TimeUnit.SECONDS);
        var end = one.loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        pass(LONG);

        assertThat(end.isSuccess()).isTrue();
        assertThat(done).containsExactly("waited");
        assertThat(late.isCancelled()).isTrue();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> one.loop.execute(() -> done.add("too late")));
    }
}
