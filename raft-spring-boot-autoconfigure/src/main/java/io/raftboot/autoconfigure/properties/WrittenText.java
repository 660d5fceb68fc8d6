package io.raftboot.autoconfigure.properties;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Shows in an analysis how properties are written, and where. */
public final class WrittenText {
    private WrittenText() {}

    /**
     * Lines to be put behind a description; empty if none of the properties is written anywhere.
     *
     * @param own the record that the properties are bound to
     * @param environment that of the application; null where there is none yet
     */
    public static String of(Class<?> own, @Nullable Environment environment, List<String> properties) {
        if (environment == null) {
            return "";
        }
        var known = KnownProperties.of(own);
        var lines = new LinkedHashSet<String>();
        for (String property : properties) {
            WrittenProperty.of(environment, property)
                    .forEach(written -> lines.add(line(written, known.typeOf(property))));
        }
        return lines.isEmpty()
                ? ""
                : lines.stream().map(line -> "    " + line).collect(Collectors.joining("\n", "\n\nWritten:\n\n", ""));
    }

    private static String line(WrittenProperty written, Class<?> type) {
        String note = BareNumbers.note(type, written.resolved());
        return note == null ? written.toString() : written + ", " + note;
    }
}
