package io.raftboot.replica;

import io.raftboot.raft.TraceEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Traces as lines that etcd's {@code Traceetcdraft.tla} reads, and what has to hold of them before it can: each is an object with a
 * tag and an event, and what etcd's scripts sort lines by, which is what stands behind the second colon.
 */
final class TraceLines {
    /** As many digits as seconds since 1970 have, to be read like the times in the traces of others. */
    private static final long FIRST_SECOND = 1_000_000_000;

    private static final String NUMBER = "(?:0|[1-9][0-9]*)";
    private static final String ID = "\"" + NUMBER + "\"";
    private static final String IDS = "\\[(?:" + ID + "(?:," + ID + ")*)?\\]";
    private static final String MESSAGE =
            "\\{\"type\":\"(?<type>Msg[A-Za-z]+)\",\"term\":" + NUMBER + ",\"from\":\"(?<from>" + NUMBER
                    + ")\",\"to\":\"(?<to>" + NUMBER + ")\",\"entries\":" + NUMBER + ",\"logTerm\":" + NUMBER
                    + ",\"index\":" + NUMBER
                    + ",\"commit\":" + NUMBER + ",\"vote\":" + ID + ",\"reject\":(?:true|false),\"rejectHint\":"
                    + NUMBER + "\\}";
    private static final String PROGRESS = "\\{\"match\":" + NUMBER + ",\"next\":" + NUMBER + "\\}";

    /** The model knows changes of one member. */
    private static final String CHANGE = "\\{\"cc\":\\{\"changes\":\\[\\{\"nid\":" + ID
            + ",\"action\":\"(?:AddNewServer|AddLearner|RemoveServer)\"\\}\\]\\}\\}";

    private static final String NEW_VOTERS = "\\{\"cc\":\\{(?:\"newconf\":" + IDS + ")?\\}\\}";

    private static final Pattern LINE =
            Pattern.compile("\\{\"level\":\"debug\",\"ts\":(?<ts>[1-9][0-9]{9}\\.[0-9]{9}),\"tag\":\"trace\","
                    + "\"event\":\\{\"name\":\"(?<name>[A-Za-z]+)\",\"nid\":\"(?<nid>" + NUMBER
                    + ")\",\"state\":\\{\"term\":(?<term>" + NUMBER
                    + "),\"vote\":" + ID + ",\"commit\":(?<commit>" + NUMBER
                    + ")\\},\"role\":\"State(?<role>Follower|Candidate|Leader)\","
                    + "\"log\":(?<log>" + NUMBER + "),\"conf\":\\[" + IDS + "," + IDS + "\\](?:,\"msg\":(?<msg>"
                    + MESSAGE
                    + "))?(?:,\"prop\":(?<prop>.*))?\\}\\}");

    private static final Map<String, Set<String>> MESSAGES = Map.of(
            "AppendEntriesRequest", Set.of("MsgApp", "MsgHeartbeat", "MsgSnap"),
            "AppendEntriesResponse", Set.of("MsgAppResp", "MsgHeartbeatResp"),
            "RequestVoteRequest", Set.of("MsgVote"),
            "RequestVoteResponse", Set.of("MsgVoteResp"));

    /** What has no message, and what there is besides the state. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "InitState", "",
            "BecomeFollower", "",
            "BecomeCandidate", "",
            "BecomeLeader", "",
            "Commit", "",
            "Replicate", "",
            "Ready", "",
            "ChangeConf", CHANGE,
            "ApplyConfChange", NEW_VOTERS);

    private static final Set<String> OF_LEADERS = Set.of("BecomeLeader", "Commit", "Replicate", "ChangeConf");

    private final List<String> faults = new ArrayList<>();
    private final Map<String, Node> nodes = new HashMap<>();

    /** How many of each message are on the way: those that were sent by the time their sender's work was taken from it. */
    private final Map<String, Integer> underWay = new HashMap<>();

    private final Set<String> seen = new HashSet<>();

    private static final class Node {
        private long term;
        private long commit;
        private final List<String> unsent = new ArrayList<>();
    }

    private TraceLines() {}

    /** A line for each event. */
    static List<String> of(List<TraceEvent> events) {
        var lines = new ArrayList<String>();
        for (var event : events) {
            lines.add(String.format(
                    Locale.ROOT,
                    "{\"level\":\"debug\",\"ts\":%d.%09d,\"tag\":\"trace\",\"event\":%s}",
                    FIRST_SECOND,
                    lines.size(),
                    event.toJson()));
        }
        return lines;
    }

    /** What is wrong with these lines; empty if they are a trace. */
    static List<String> faultsOf(List<String> lines) {
        var reading = new TraceLines();
        String before = "";
        for (var line : lines) {
            int known = reading.faults.size();
            var ts = reading.read(line);
            if (ts.compareTo(before) <= 0) {
                reading.faults.add("is not behind the line before it once lines are sorted");
            }
            before = ts;
            for (int i = known; i < reading.faults.size(); i++) {
                reading.faults.set(i, reading.faults.get(i) + ": " + line);
            }
        }
        return reading.faults;
    }

    private String read(String line) {
        var matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            faults.add("has not the fields of an event in their order");
            return "";
        }
        checkForm(matcher);
        checkCourse(matcher);
        return matcher.group("ts");
    }

    private void checkForm(Matcher line) {
        var name = line.group("name");
        var properties = Objects.requireNonNullElse(line.group("prop"), "");
        var form = PROPERTIES.get(name);
        if (form != null) {
            check(line.group("msg") == null, "has a message, as a " + name + " must not");
            check(properties.matches(form), "has not the properties of a " + name);
            check(!OF_LEADERS.contains(name) || line.group("role").equals("Leader"), "is not of a leader");
            return;
        }
        var type = line.group("type");
        var types = MESSAGES.get(name.replaceFirst("^(Send|Receive)", ""));
        check(types != null && !MESSAGES.containsKey(name), "has a name that the model does not know");
        check(type != null && types != null && types.contains(type), "has not a message that goes with its name");
        boolean progress = "SendAppendEntriesRequest".equals(name) && "MsgApp".equals(type);
        check(properties.matches(progress ? PROGRESS : ""), "has not the properties of a " + name);
    }

    private void checkCourse(Matcher line) {
        var name = line.group("name");
        var id = line.group("nid");
        check(seen.add(id) == name.equals("InitState"), "begins a node twice, or not at all");
        var node = nodes.computeIfAbsent(id, key -> new Node());
        long term = Long.parseLong(line.group("term"));
        long commit = Long.parseLong(line.group("commit"));
        check(term >= node.term && commit >= node.commit, "takes term or commit index back");
        check(commit <= Long.parseLong(line.group("log")), "commits what is not in the log");
        node.term = term;
        node.commit = commit;
        var message = line.group("msg");
        if (name.equals("Ready")) {
            node.unsent.forEach(sent -> underWay.merge(sent, 1, Integer::sum));
            node.unsent.clear();
        } else if (message != null && name.startsWith("Send")) {
            check(id.equals(line.group("from")), "is not sent by its sender");
            node.unsent.add(message);
        } else if (message != null) {
            check(id.equals(line.group("to")), "is not received by its receiver");
            check(take(message), "was not sent so often");
        }
    }

    private boolean take(String message) {
        @Nullable Integer left = underWay.computeIfPresent(message, (key, count) -> count - 1);
        return left != null && left >= 0;
    }

    private void check(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
    }

    /** The kinds of events that are in these. */
    static Set<TraceEvent.Kind> kinds(List<TraceEvent> events) {
        var kinds = EnumSet.noneOf(TraceEvent.Kind.class);
        events.forEach(event -> kinds.add(event.kind()));
        return kinds;
    }
}
