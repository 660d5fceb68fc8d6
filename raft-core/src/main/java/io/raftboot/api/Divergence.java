package io.raftboot.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Members of a group that have applied the same commands and do not have the same state any more.
 *
 * @param machine name of the state machine; empty for the replica's own one
 * @param what is not the same
 * @param agreedIndex newest index at which the two members that found it were known to be alike; 0 if there was none
 * @param index of the first entry after which they were not, where {@link #isExact()}; else that of the first comparison
 *     behind {@link #agreedIndex} that found it
 * @param command name of the command at {@link #index}, as {@link StateMachine#commandName} says it, where that is exact and the
 *     state machine gives its commands names; else null
 * @param hashes by member, as far as they were known; of members that are alike they are equal
 */
public record Divergence(
        String machine, What what, long agreedIndex, long index, @Nullable String command, Map<Long, String> hashes) {
    /** What of a state machine may differ. */
    public enum What {
        /** The state itself, as {@link StateMachine#canonicalState()} writes it. */
        STATE,
        /** The result of a command. */
        RESULT,
        /** The results that are kept for commands which may be sent again. */
        SESSIONS
    }

    /** Makes the hashes a map of its own, in the order of the members. */
    public Divergence {
        hashes = Collections.unmodifiableMap(new TreeMap<>(hashes));
    }

    /** Whether it is certain which entry was the first. */
    public boolean isExact() {
        return index == agreedIndex + 1;
    }

    /**
     * The members that stand against more others than stand with them; of two halves, and of two members, all of them: then
     * nobody can say which is right.
     */
    public List<Long> outliers() {
        var byHash = new TreeMap<String, List<Long>>();
        hashes.forEach((member, hash) ->
                byHash.computeIfAbsent(hash, unused -> new ArrayList<>()).add(member));
        var outliers = byHash.values().stream()
                .filter(alike -> alike.size() * 2 <= hashes.size())
                .flatMap(List::stream)
                .sorted()
                .toList();
        return List.copyOf(outliers);
    }

    /** All of it in a few sentences, for an operator or a developer. */
    public String text() {
        return subject() + " not the same on all members " + when() + ": " + members()
                + ". What a command does, and what it returns, must depend on the state, the command and the CommandContext"
                + " alone: on no clock or random source of its own, no other system's answer, and no order in which a HashMap, a"
                + " HashSet or the like iterates";
    }

    private String subject() {
        String whose = machine.isEmpty() ? "the group's own state machine" : "the state machine '" + machine + "'";
        return switch (what) {
            case STATE -> "the state of " + whose + " is";
            case RESULT -> "the results of commands of " + whose + " are";
            case SESSIONS -> "the kept results of " + whose + " are";
        };
    }

    private String when() {
        if (isExact()) {
            return "after " + (command == null ? "the entry" : "the command '" + command + "'") + " at index " + index
                    + ", which is the first after which they differ";
        }
        return agreedIndex == 0
                ? "after the entry at index " + index + ", at which they were compared for the first time"
                : "after the entry at index " + index + "; after that at index " + agreedIndex + " they still were";
    }

    private String members() {
        var outliers = outliers();
        String each = hashes.entrySet().stream()
                .map(entry -> "member " + entry.getKey() + " has " + entry.getValue())
                .collect(Collectors.joining(", "));
        if (outliers.isEmpty() || outliers.size() == hashes.size()) {
            return each;
        }
        return each + ", so it is "
                + outliers.stream().map(member -> "member " + member).collect(Collectors.joining(" and "))
                + " that differs from most";
    }
}
