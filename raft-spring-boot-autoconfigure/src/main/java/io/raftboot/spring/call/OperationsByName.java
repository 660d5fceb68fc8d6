package io.raftboot.spring.call;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The commands, or the queries, of a state machine by name and version. */
public final class OperationsByName {
    private final String machine;
    private final String kind;
    private final Map<String, NavigableMap<Integer, RaftMethod>> byName = new LinkedHashMap<>();
    private final Map<String, RaftMethod> newest = new HashMap<>();

    /** @param kind what messages call one of them */
    public OperationsByName(String machine, String kind) {
        this.machine = machine;
        this.kind = kind;
    }

    /** Returns what has that name and version already, and then changes nothing. */
    @Nullable
    public RaftMethod add(RaftMethod method) {
        var versions = byName.computeIfAbsent(method.name(), name -> new TreeMap<>());
        RaftMethod earlier = versions.putIfAbsent(method.version(), method);
        newest.put(method.name(), versions.lastEntry().getValue());
        return earlier;
    }

    Set<String> names() {
        return byName.keySet();
    }

    /** Each as {@code name/version}. */
    public Set<String> namesWithVersions() {
        var all = new TreeSet<String>();
        byName.forEach((name, versions) -> versions.keySet().forEach(version -> all.add(withVersion(name, version))));
        return all;
    }

    public static String withVersion(String name, int version) {
        return name + "/" + version;
    }

    /**
     * Finds an operation.
     *
     * @throws IllegalArgumentException if there is none of that name, or none of that version; it tells which there are
     */
    public RaftMethod get(String name, int version) {
        RaftMethod latest = newest.get(name);
        if (latest != null && latest.version() == version) {
            return latest;
        }
        var versions = byName.get(name);
        if (versions == null) {
            throw new IllegalArgumentException(
                    "the state machine '" + machine + "' has no " + kind + " '" + name + "', only " + names());
        }
        RaftMethod method = versions.get(version);
        if (method == null) {
            throw new IllegalArgumentException("the state machine '" + machine + "' has no version " + version
                    + " of the " + kind + " '" + name + "', only " + versions.keySet());
        }
        return method;
    }

    /**
     * The operation in its highest version, which is what callers get who name none.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public RaftMethod newest(String name) {
        RaftMethod method = newest.get(name);
        return method == null ? get(name, RaftMethod.FIRST_VERSION) : method;
    }
}
