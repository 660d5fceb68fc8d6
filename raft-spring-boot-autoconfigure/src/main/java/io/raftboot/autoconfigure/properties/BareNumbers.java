package io.raftboot.autoconfigure.properties;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Numbers where a unit belongs. Spring takes them for milliseconds and for bytes, and who wrote them may have meant seconds. */
final class BareNumbers {
    private static final Pattern BARE = Pattern.compile("[+-]?0*[1-9]\\d*");

    private BareNumbers() {}

    /** What a number is taken for, and what to write instead; null if the value has a unit or needs none. */
    static @Nullable String note(Class<?> type, String value) {
        if (!BARE.matcher(value.trim()).matches()) {
            return null;
        }
        if (type == Duration.class) {
            return "a number of milliseconds, as it has no unit; write " + value.trim() + "ms, or " + value.trim()
                    + "s for seconds";
        }
        return type == DataSize.class
                ? "a number of bytes, as it has no unit; write " + value.trim() + "B, or " + value.trim() + "MB"
                : null;
    }
}
