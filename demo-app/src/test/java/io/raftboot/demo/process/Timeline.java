package io.raftboot.demo.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of each command, and when. Any thread. */
final class Timeline {
    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger acknowledged = new AtomicInteger();

    /**
     * A command, over all its attempts.
     *
     * @param beginNanos of the first attempt
     * @param endNanos of the last one
     * @param refusals attempts whose answer was that nothing happened
     * @param unanswered attempts of which nobody knows what they came to
     * @param isAcknowledged whether the last one was answered with the result
     */
    record Command(long beginNanos, long endNanos, int refusals, int unanswered, boolean isAcknowledged) {
        long millis() {
            return (endNanos - beginNanos) / 1_000_000;
        }
    }

    /**
     * Commands that overlap a span of time.
     *
     * @param commands that were under way in it, at the begin or end too
     * @param stallMillis longest time in it without an acknowledgement, to any caller
     */
    record Excerpt(List<Command> commands, long stallMillis) {
        long slowestMillis() {
            return commands.stream().mapToLong(Command::millis).max().orElse(0);
        }

        int refusals() {
            return commands.stream().mapToInt(Command::refusals).sum();
        }

        int retries() {
            return commands.stream()
                    .mapToInt(command -> command.refusals() + command.unanswered() - (command.isAcknowledged() ? 0 : 1))
                    .sum();
        }
    }

    void add(Command command) {
        commands.add(command);
        if (command.isAcknowledged()) {
            acknowledged.incrementAndGet();
        }
    }

    int acknowledged() {
        return acknowledged.get();
    }

    List<Command> all() {
        return List.copyOf(commands);
    }

    /** The callers have gone on since the end, so that a stall at that moment is seen as a whole. */
    Excerpt between(long beginNanos, long endNanos) {
        List<Command> within = commands.stream()
                .filter(command -> command.endNanos() >= beginNanos && command.beginNanos() <= endNanos)
                .toList();
        List<Command> answered =
                new ArrayList<>(within.stream().filter(Command::isAcknowledged).toList());
        answered.sort(Comparator.comparingLong(Command::endNanos));
        long stall = 0;
        long before = beginNanos;
        for (Command command : answered) {
            stall = Math.max(stall, command.endNanos() - before);
            before = command.endNanos();
        }
        return new Excerpt(within, stall / 1_000_000);
    }
}
