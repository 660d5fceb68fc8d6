package io.raftboot.chaos;

import io.raftboot.replica.ReplicaStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What the campaign wants to know of a member's status, as a line.
 *
 * @param leaderId 0 for none
 * @param outgoing voters of the configuration that is being left; empty unless it is joint
 */
record MemberView(
        String role,
        long term,
        long leaderId,
        long appliedIndex,
        List<Long> voters,
        List<Long> learners,
        List<Long> outgoing) {
    private static final String NONE = "-";

    static MemberView of(ReplicaStatus status) {
        var configuration = status.configuration();
        return new MemberView(
                status.role(),
                status.term(),
                Objects.requireNonNullElse(status.leaderId(), 0L),
                status.appliedIndex(),
                configuration.voters(),
                configuration.learners(),
                configuration.votersOutgoing());
    }

    static MemberView valueOf(String text) {
        var words = text.split(" ", -1);
        return new MemberView(
                words[0],
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                ids(words[4]),
                ids(words[5]),
                ids(words[6]));
    }

    boolean leads() {
        return role.equals("leader");
    }

    String text() {
        return String.join(
                " ",
                role,
                String.valueOf(term),
                String.valueOf(leaderId),
                String.valueOf(appliedIndex),
                text(voters),
                text(learners),
                text(outgoing));
    }

    private static String text(List<Long> ids) {
        return ids.isEmpty() ? NONE : ids.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Long> ids(String text) {
        return text.equals(NONE)
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(Long::valueOf).toList();
    }
}
