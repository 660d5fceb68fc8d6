package io.raftboot.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MessageOrBuilder;
import io.raftboot.raft.proto.MessageType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Names and values as etcd's log lines show them, so that whoever knows those can read these. */
final class LogText {
    private static final Map<MessageType, String> MESSAGE_NAMES = messageNames();

    private LogText() {}

    /** An id as log lines show it: hexadecimal. */
    static String hex(long id) {
        return Long.toHexString(id);
    }

    /** {@code MsgAppResp} for MSG_APP_RESP. */
    static String name(MessageType type) {
        return Objects.requireNonNull(MESSAGE_NAMES.get(type));
    }

    /** {@code StatePreCandidate} for PRE_CANDIDATE. */
    static String name(RaftRole role) {
        return "State" + camelCase(role.name());
    }

    /** {@code BecomeLeader} for BECOME_LEADER. */
    static String name(TraceEvent.Kind kind) {
        return camelCase(kind.name());
    }

    /** A message as protobuf's text format on one line, with etcd's enum names. */
    static String text(MessageOrBuilder message) {
        List<String> fields = new ArrayList<>();
        message.getAllFields().forEach((field, value) -> {
            if (field.isRepeated()) {
                for (Object element : (List<?>) value) {
                    fields.add(text(field, element));
                }
            } else {
                fields.add(text(field, value));
            }
        });
        return String.join(" ", fields);
    }

    private static String text(FieldDescriptor field, Object value) {
        String name = field.getName() + ":";
        if (value instanceof MessageOrBuilder message) {
            return name + "{" + text(message) + "}";
        }
        if (value instanceof EnumValueDescriptor constant) {
            return name + camelCase(constant.getName());
        }
        if (value instanceof ByteString bytes) {
            return name + '"' + escape(bytes) + '"';
        }
        return name + (value instanceof Long number ? Long.toUnsignedString(number) : value);
    }

    private static String escape(ByteString bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '"', '\\' -> text.append('\\').append((char) b);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default ->
                    text.append(
                            b >= ' ' && b <= '~' ? String.valueOf((char) b) : String.format(Locale.ROOT, "\\x%02x", b));
            }
        }
        return text.toString();
    }

    private static Map<MessageType, String> messageNames() {
        Map<MessageType, String> names = new EnumMap<>(MessageType.class);
        for (MessageType type : MessageType.values()) {
            names.put(type, camelCase(type.name()));
        }
        return names;
    }

    private static String camelCase(String constantName) {
        StringBuilder name = new StringBuilder(constantName.length());
        for (int i = 0; i < constantName.length(); i++) {
            boolean startsWord = i == 0 || constantName.charAt(i - 1) == '_';
            char c = constantName.charAt(i);
            if (c != '_') {
                name.append(startsWord ? c : Character.toLowerCase(c));
            }
        }
        return name.toString();
    }
}
