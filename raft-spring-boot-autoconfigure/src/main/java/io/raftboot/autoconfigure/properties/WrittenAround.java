package io.raftboot.autoconfigure.properties;

import io.raftboot.autoconfigure.InvalidRaftPropertyException;
import java.util.List;

/** Finds what some files keep around a value and others take away: quotation marks, and blanks at its ends. */
final class WrittenAround {
    private WrittenAround() {}

    /** @throws InvalidRaftPropertyException if there is such a thing, which would be a part of the name */
    static void check(String property, String value) {
        String inner = value.strip();
        if (!inner.equals(value)) {
            throw invalid(property, "is '" + ValueText.ascii(value) + "', with blanks at its ends", inner);
        }
        char first = value.charAt(0);
        boolean quoted = (first == '"' || first == '\'') && value.length() > 1 && value.endsWith(String.valueOf(first));
        if (quoted) {
            throw invalid(
                    property,
                    "is " + ValueText.ascii(value) + ", with quotation marks that would be a part of it",
                    value.substring(1, value.length() - 1));
        }
    }

    private static InvalidRaftPropertyException invalid(String property, String reason, String inner) {
        return new InvalidRaftPropertyException(
                property, reason, "Write " + property + "=" + ValueText.ascii(inner) + ", without them.", List.of());
    }
}
