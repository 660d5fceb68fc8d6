package io.raftboot.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HistoryTests {
    private long now = 100;
    private final History history = new History(() -> now);

    @Test
    void operationHasTheTimesOfTheClock() {
        var running = history.invoke(3, "k", new Call.Read());
        now = 200;
        running.done("a");
        assertThat(history.operations())
                .containsExactly(new Operation(0, 3, "k", new Call.Read(), 100, 200, new Operation.Done("a")));
    }

    @Test
    void eventsKeepTheirOrderWhereTheClockStands() {
        var first = history.invoke(1, "k", new Call.Write("a"));
        first.done(null);
        var second = history.invoke(2, "k", new Call.Read());
        second.done("");
        assertThat(Linearizability.check(history.operations()).violations()).hasSize(1);
    }

    @Test
    void whatHasNotEndedIsUnknown() {
        history.invoke(1, "k", new Call.Write("a"));
        assertThat(history.operations()).extracting(Operation::ending).containsExactly(new Operation.Unknown());
    }

    @Test
    void refusedOperationHasFailed() {
        history.invoke(1, "k", new Call.Write("a")).refused();
        assertThat(history.operations()).extracting(Operation::ending).containsExactly(new Operation.Failed());
    }

    /** The first attempt may be on its way still. */
    @Test
    void refusedAttemptBehindALostOneLeavesTheOperationUnknown() {
        var running = history.invoke(1, "k", new Call.Write("a"));
        running.attemptLost();
        running.refused();
        assertThat(history.operations()).extracting(Operation::ending).containsExactly(new Operation.Unknown());
    }

    @Test
    void operationThatIsDoneAtTheSecondAttemptIsOne() {
        var running = history.invoke(1, "k", new Call.Append("a"));
        running.attemptLost();
        running.done(null);
        history.invoke(1, "k", new Call.Read()).done("a,a");
        assertThat(Linearizability.check(history.operations()).violations()).hasSize(1);
    }

    @Test
    void operationEndsOnce() {
        var running = history.invoke(1, "k", new Call.Read());
        running.unknown();
        assertThatThrownBy(() -> running.done("")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void threadsWriteDownOneHistory() {
        var real = new History(System::nanoTime);
        var clients = new ArrayList<CompletableFuture<Void>>();
        for (int client = 0; client < 4; client++) {
            int number = client;
            clients.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 500; i++) {
                    real.invoke(number, "k" + number, new Call.Append("e" + i)).done(null);
                }
            }));
        }
        clients.forEach(CompletableFuture::join);
        var operations = real.operations();
        assertThat(operations).hasSize(2000);
        assertThat(operations.stream().map(Operation::number).distinct()).hasSize(2000);
        assertThat(operations.stream()
                        .flatMap(o -> Stream.of(o.invoked(), o.returned()))
                        .distinct())
                .hasSize(4000);
    }
}
