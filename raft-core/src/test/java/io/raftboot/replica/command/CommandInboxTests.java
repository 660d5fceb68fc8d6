package io.raftboot.replica.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.replica.FakeClock;
import io.raftboot.replica.proto.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandInboxTests {
    private final FakeClock clock = new FakeClock(0);
    private final CommandInbox inbox = new CommandInbox(clock);
    private final AtomicInteger wakes = new AtomicInteger();

    @BeforeEach
    void wake() {
        inbox.wakeWith(wakes::incrementAndGet);
    }

    @Test
    void commandComesInAtOnce() {
        var command = command();
        inbox.put(command);
        assertThat(inbox.poll()).isSameAs(command);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whatIsGatheredComesInTogetherAndWakesOnce() {
        List<Command> commands = List.of(command(), command(), command());
        inbox.gather();
        commands.forEach(inbox::put);
        assertThat(inbox.poll()).isNull();
        assertThat(wakes).hasValue(0);
        inbox.endGathering();
        assertThat(polled()).isEqualTo(commands);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void whoGatheredNothingWakesNobody() {
        inbox.gather();
        inbox.endGathering();
        assertThat(wakes).hasValue(0);
    }

    @Test
    void afterwardsCommandsComeInAtOnceAgain() {
        inbox.gather();
        inbox.endGathering();
        var command = command();
        inbox.put(command);
        assertThat(polled()).containsExactly(command);
    }

    @Test
    void commandDoesNotWaitLongForABusyGatherer() {
        var command = command();
        inbox.gather();
        inbox.put(command);
        inbox.handOverLate();
        assertThat(inbox.poll()).isNull();
        clock.advanceMillis(2);
        inbox.handOverLate();
        assertThat(polled()).containsExactly(command);
        var next = command();
        inbox.put(next);
        inbox.handOverLate();
        assertThat(inbox.poll()).isNull();
        inbox.endGathering();
        assertThat(polled()).containsExactly(next);
        assertThat(wakes).hasValue(2);
    }

    @Test
    void commandsOfOtherThreadsDoNotWait() {
        inbox.gather();
        var command = command();
        CompletableFuture.runAsync(() -> inbox.put(command)).join();
        assertThat(polled()).containsExactly(command);
        assertThat(wakes).hasValue(1);
    }

    private List<Command> polled() {
        var polled = new ArrayList<Command>();
        for (Command command = inbox.poll(); command != null; command = inbox.poll()) {
            polled.add(command);
        }
        return polled;
    }

    private static Command command() {
        return new LocalCommand(Envelope.newBuilder(), 0, new PendingCommands(1, 0), null, (dropped, reason) -> {});
    }
}
