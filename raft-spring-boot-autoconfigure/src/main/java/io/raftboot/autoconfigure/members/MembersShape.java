package io.raftboot.autoconfigure.members;

import io.raftboot.api.MembershipView;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members and their changes in the words of JSON, the same wherever they are shown; absent values are null, and not left out. */
public final class MembersShape {
    /** Key of what a member is to the group. */
    public static final String ROLE = "role";

    /** The same key where a document has a role of its own, which a search by lines is to find first. */
    public static final String MEMBER_ROLE = "memberRole";

    private MembersShape() {}

    /** The members, who says so, and what becomes of them. */
    public static Map<String, @Nullable Object> view(MembershipView view) {
        var source = view.source();
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("version", view.version());
        shape.put("failureTolerance", source.failureTolerance());
        shape.put("leader", source.leaderId());
        shape.put("ageMillis", source.ageMillis());
        shape.put("members", members(view, ROLE));
        shape.put("joint", view.halves().size() > 1);
        shape.put("change", view.change() == null ? null : change(view.change()));
        shape.put("past", view.past().stream().map(MembersShape::change).toList());
        shape.put("joining", joining(view));
        return shape;
    }

    /**
     * The members alone.
     *
     * @param roleKey {@link #ROLE} or {@link #MEMBER_ROLE}
     */
    public static List<Map<String, @Nullable Object>> members(MembershipView view, String roleKey) {
        return view.members().stream().map(member -> member(member, roleKey)).toList();
    }

    private static Map<String, @Nullable Object> member(MembershipView.Member member, String roleKey) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("id", member.id());
        shape.put("address", member.address());
        shape.put(roleKey, member.role());
        shape.put("voter", member.voter());
        shape.put("incarnation", member.incarnation() == 0 ? null : Long.toHexString(member.incarnation()));
        shape.put("formatVersion", member.formatVersion() == 0 ? null : member.formatVersion());
        MembershipView.Contact contact = member.contact();
        shape.put("matchIndex", contact == null ? null : contact.matchIndex());
        shape.put("lagEntries", contact == null ? null : contact.lagEntries());
        shape.put("lagMillis", contact == null ? null : contact.lagMillis());
        shape.put("lastContactMillis", contact == null ? null : contact.lastContactMillis());
        shape.put("healthy", contact == null ? null : contact.healthy());
        shape.put("stableSince", contact == null ? null : time(contact.stableSinceMillis()));
        shape.put("diskLow", contact == null ? null : contact.diskLow());
        return shape;
    }

    /** A change, with its steps. */
    public static Map<String, @Nullable Object> change(MembershipView.Change change) {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>();
        shape.put("id", change.id());
        shape.put("state", word(change.state()));
        shape.put("by", change.by());
        shape.put("message", change.message());
        shape.put("begun", time(change.begunMillis()));
        shape.put("ended", time(change.endedMillis()));
        shape.put("steps", steps(change.steps()));
        return shape;
    }

    /** The steps of a change, or of a plan. */
    public static List<Map<String, String>> steps(List<MembershipView.Step> steps) {
        return steps.stream()
                .map(step -> {
                    Map<String, String> shape = new LinkedHashMap<>();
                    shape.put("text", step.text());
                    shape.put("state", word(step.state()));
                    return shape;
                })
                .toList();
    }

    /** Those that announce themselves and are no members. */
    public static List<Map<String, @Nullable Object>> joining(MembershipView view) {
        return view.joining().stream()
                .map(process -> {
                    Map<String, @Nullable Object> shape = new LinkedHashMap<>();
                    shape.put("id", process.id());
                    shape.put("address", process.address());
                    shape.put("incarnation", Long.toHexString(process.incarnation()));
                    shape.put("lastContactMillis", process.lastContactMillis());
                    shape.put("message", process.message());
                    return shape;
                })
                .toList();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String time(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis).toString();
    }
}
