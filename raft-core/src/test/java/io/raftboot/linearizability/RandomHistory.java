package io.raftboot.linearizability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A history from a seed, as clients of one true machine would see it: each operation takes place at a time of its own between its
 * two times, or is lost.
 */
final class RandomHistory {
    /**
     * @param clients each does one operation after the other
     * @param losses of a hundred operations, those whose ending stays unknown; half of them take place, maybe much later
     * @param elements how many there are to write; 0 where each operation has its own
     */
    record Mix(int operations, int keys, int clients, int losses, int elements) {}

    private record Event(long time, int operation) {}

    private final SplittableRandom random;
    private final Mix mix;
    private final Map<String, String> values = new HashMap<>();

    private RandomHistory(long seed, Mix mix) {
        random = new SplittableRandom(seed);
        this.mix = mix;
    }

    static List<Operation> of(long seed, Mix mix) {
        return new RandomHistory(seed, mix).draw();
    }

    private List<Operation> draw() {
        var operations = new ArrayList<Operation>();
        var events = new ArrayList<Event>();
        var freeAt = new long[mix.clients()];
        for (int number = 0; number < mix.operations(); number++) {
            int client = number % mix.clients();
            long invoked = freeAt[client] + random.nextInt(1, 10);
            long place = invoked + random.nextInt(0, 20);
            long returned = place + random.nextInt(0, 20);
            freeAt[client] = returned + 1;
            Operation.Ending ending = new Operation.Done(null);
            if (random.nextInt(100) < mix.losses()) {
                ending = random.nextInt(4) == 0 ? new Operation.Failed() : new Operation.Unknown();
                place += random.nextInt(0, 200);
            }
            operations.add(new Operation(
                    number, client, "k" + random.nextInt(mix.keys()), new Call.Read(), invoked, returned, ending));
            boolean happens =
                    ending instanceof Operation.Done || (ending instanceof Operation.Unknown && random.nextBoolean());
            events.add(new Event(happens ? place : Long.MAX_VALUE, number));
        }
        events.sort((a, b) -> a.time() == b.time()
                ? Integer.compare(a.operation(), b.operation())
                : Long.compare(a.time(), b.time()));
        for (Event event : events) {
            var drawn = operations.get(event.operation());
            operations.set(event.operation(), takesPlace(drawn, event.time() < Long.MAX_VALUE));
        }
        operations.sort((a, b) -> Long.compare(a.invoked(), b.invoked()));
        return operations;
    }

    private Operation takesPlace(Operation drawn, boolean happens) {
        String before = values.getOrDefault(drawn.key(), Call.EMPTY);
        var call = call(drawn.number(), drawn.key(), before);
        if (happens) {
            values.put(drawn.key(), call.after(before));
        }
        var ending = drawn.ending() instanceof Operation.Done
                ? new Operation.Done(random.nextInt(10) == 0 ? null : call.answer(before))
                : drawn.ending();
        return with(drawn, call, ending);
    }

    private Call call(int number, String key, String before) {
        String element = mix.elements() == 0 ? "e" + number : "e" + random.nextInt(mix.elements());
        boolean list = key.hashCode() % 3 == 0;
        return switch (random.nextInt(list ? 2 : 5)) {
            case 0 -> new Call.Read();
            case 1 -> list ? new Call.Append(element) : new Call.Write(element);
            case 2 -> new Call.CompareAndSet(before, element);
            case 3 -> new Call.CompareAndSet("e" + random.nextInt(mix.elements() + 3), element);
            default -> random.nextInt(3) == 0 ? new Call.Append(element) : new Call.Read();
        };
    }

    static Operation with(Operation operation, Call call, Operation.Ending ending) {
        return new Operation(
                operation.number(),
                operation.client(),
                operation.key(),
                call,
                operation.invoked(),
                operation.returned(),
                ending);
    }
}
