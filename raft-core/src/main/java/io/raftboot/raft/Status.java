package io.raftboot.raft;

import io.raftboot.raft.tracker.Progress;
import io.raftboot.raft.tracker.TrackerConfig;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * The state of a node, with what a leader knows of its members. A copy: it does not change any more.
 *
 * @param basic the node itself
 * @param config the configuration in force
 * @param progress progress of each member by its id, in ascending unsigned order; empty unless the node is a leader
 */
public record Status(BasicStatus basic, TrackerConfig config, SortedMap<Long, Progress> progress) {
    /**
     * The state in the shape that etcd shows it: ids as strings of hexadecimal digits, {@code progress} by id, an empty
     * object on all but a leader.
     */
    public String toJson() {
        String members = progress.entrySet().stream()
                .map(member -> String.format(
                        Locale.ROOT,
                        "\"%x\":{\"match\":%s,\"next\":%s,\"state\":\"%s\"}",
                        member.getKey(),
                        Long.toUnsignedString(member.getValue().matchIndex()),
                        Long.toUnsignedString(member.getValue().nextIndex()),
                        member.getValue().state()))
                .collect(Collectors.joining(","));
        return String.format(
                Locale.ROOT,
                "{\"id\":\"%x\",\"term\":%s,\"vote\":\"%x\",\"commit\":%s,\"lead\":\"%x\",\"raftState\":\"%s\",\"applied\":%s,"
                        + "\"progress\":{%s},\"leadtransferee\":\"%x\"}",
                basic.id(),
                Long.toUnsignedString(basic.hardState().getTerm()),
                basic.hardState().getVote(),
                Long.toUnsignedString(basic.hardState().getCommit()),
                basic.softState().leaderId(),
                LogText.name(basic.softState().role()),
                Long.toUnsignedString(basic.appliedIndex()),
                members,
                basic.leadTransfereeId());
    }
}
