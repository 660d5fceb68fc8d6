package io.raftboot.replica;

import io.raftboot.replica.SimulatedStore.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What all members together have applied: the first that comes to an index says what is there, and all others are held against it.
 * Knows what each key had at each index, and which command stands where.
 */
final class StoreModel implements SimulatedStore.Listener {
    /** @param before what the key had before it */
    record Step(long index, Command command, String before) {}

    private final TreeMap<Long, Step> steps = new TreeMap<>();
    private final Map<String, Step> byValue = new TreeMap<>();
    private final Map<String, TreeMap<Long, String>> history = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    @Override
    public void applied(String owner, long index, Command command, String before) {
        var step = new Step(index, command, before);
        var known = steps.putIfAbsent(index, step);
        if (known != null) {
            if (!known.equals(step)) {
                faults.add(owner + " applies " + step + ", where another has applied " + known);
            }
            return;
        }
        if (!before.equals(valueAt(command.key(), index - 1))) {
            faults.add(owner + " has '" + before + "' before " + step + ", and others '"
                    + valueAt(command.key(), index - 1) + "'");
        }
        var former = byValue.putIfAbsent(command.value(), step);
        if (former != null) {
            faults.add(
                    owner + " applies for the second time what was applied already at " + former.index + ": " + step);
        }
        history.computeIfAbsent(command.key(), key -> new TreeMap<>()).put(index, command.appliedTo(before));
    }

    /** What the key has behind this index; empty if nothing. */
    String valueAt(String key, long index) {
        var entry = history.getOrDefault(key, new TreeMap<>()).floorEntry(index);
        return entry == null ? "" : entry.getValue();
    }

    /** The step that this value, of which there is one only, came with; null if it was not applied. */
    @Nullable
    Step of(String value) {
        return byValue.get(value);
    }

    /** What the whole state is behind this index. */
    Map<String, String> stateAt(long index) {
        var state = new TreeMap<String, String>();
        for (var key : history.keySet()) {
            var value = valueAt(key, index);
            if (!value.isEmpty()) {
                state.put(key, value);
            }
        }
        return state;
    }

    List<String> faults() {
        return faults;
    }
}
