package io.raftboot.chaos;

import io.raftboot.linearizability.Call;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What one client may expect of reads that a member answers by itself: its state does not go back as long as its process lives, and
 * a read with the index of a command sees that command. Owned by the client.
 */
final class LocalReads {
    private record Place(ControlledProcess process, String key) {}

    private final Consumer<String> problems;
    private final Map<ControlledProcess, Long> indexes = new HashMap<>();
    private final Map<Place, String> lists = new HashMap<>();

    LocalReads(Consumer<String> problems) {
        this.problems = problems;
    }

    /** @param value of a key that only grows */
    void answered(ControlledProcess process, String key, long index, String value) {
        long before = indexes.getOrDefault(process, 0L);
        if (index < before) {
            problems.accept("a local read of " + key + " was answered at index " + index + " behind one at " + before
                    + " by the same process");
        }
        indexes.put(process, index);
        String seen = lists.getOrDefault(new Place(process, key), Call.EMPTY);
        if (!value.equals(seen) && !value.startsWith(seen.isEmpty() ? "" : seen + Call.SEPARATOR)) {
            problems.accept("a local read of " + key + " was answered '" + value + "' behind '" + seen
                    + "' by the same process");
        }
        lists.put(new Place(process, key), value);
    }

    /** @param element that the client has put there with the command whose index the read was asked for */
    void mustHold(String key, String value, String element, long index) {
        if (!(Call.SEPARATOR + value + Call.SEPARATOR).contains(Call.SEPARATOR + element + Call.SEPARATOR)) {
            problems.accept("a local read of " + key + " from index " + index + " on was answered '" + value
                    + "', without " + element);
        }
    }

    /** The past is of no use any more. */
    void forget() {
        indexes.keySet().removeIf(process -> !process.isAlive());
        lists.keySet().removeIf(place -> !place.process().isAlive());
    }
}
