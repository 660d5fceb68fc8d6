package io.raftboot.chaos;

import io.raftboot.api.MembershipView;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the campaign wants to know of the members as their leader sees them, as a line.
 *
 * @param leaderId 0 if no leader has said all this just now
 * @param running the change under way; 0 for none
 * @param message what that waits for
 * @param ended states of changes that have ended, as many as the group remembers
 */
record GroupView(long leaderId, long running, String message, Map<Long, String> ended, List<Member> members) {
    private static final long FRESH_MILLIS = 2_000;
    private static final String NONE = "-";

    /** A member, as the leader sees it. */
    record Member(long id, String address, boolean isVoter, boolean isHealthy, long incarnation) {
        private String text() {
            return id + "@" + address + "/" + isVoter + "/" + isHealthy + "/" + incarnation;
        }

        private static Member valueOf(String text) {
            var words = text.split("[@/]", -1);
            return new Member(
                    Long.parseLong(words[0]),
                    words[1],
                    Boolean.parseBoolean(words[2]),
                    Boolean.parseBoolean(words[3]),
                    Long.parseLong(words[4]));
        }
    }

    static GroupView of(MembershipView view) {
        var source = view.source();
        Long leader = source.leaderId();
        Long age = source.ageMillis();
        var ended = new TreeMap<Long, String>();
        view.past().forEach(change -> ended.put(change.id(), change.state().name()));
        var change = view.change();
        return new GroupView(
                leader == null || age == null || age > FRESH_MILLIS ? 0 : leader,
                change == null ? 0 : change.id(),
                change == null ? "" : change.message(),
                ended,
                view.members().stream().map(GroupView::member).toList());
    }

    private static Member member(MembershipView.Member member) {
        var contact = member.contact();
        return new Member(
                member.id(),
                member.address(),
                member.voter(),
                contact != null && contact.healthy(),
                member.incarnation());
    }

    String text() {
        String endedText = ended.entrySet().stream()
                .map(change -> change.getKey() + "=" + change.getValue())
                .collect(Collectors.joining(","));
        String membersText = members.stream().map(Member::text).collect(Collectors.joining(","));
        return Stream.of(
                        String.valueOf(leaderId),
                        String.valueOf(running),
                        endedText.isEmpty() ? NONE : endedText,
                        membersText.isEmpty() ? NONE : membersText,
                        message)
                .collect(Collectors.joining(" "));
    }

    static GroupView valueOf(String text) {
        var words = text.split(" ", 5);
        var ended = new TreeMap<Long, String>();
        for (String change : list(words[2])) {
            var pair = change.split("=", 2);
            ended.put(Long.valueOf(pair[0]), pair[1]);
        }
        return new GroupView(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                words[4],
                ended,
                list(words[3]).stream().map(Member::valueOf).toList());
    }

    private static List<String> list(String text) {
        return text.equals(NONE) ? List.of() : Arrays.asList(text.split(",", -1));
    }

    @Nullable
    Member member(long id) {
        return members.stream().filter(member -> member.id() == id).findFirst().orElse(null);
    }

    List<Member> voters() {
        return members.stream().filter(Member::isVoter).toList();
    }
}
