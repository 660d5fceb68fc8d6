package io.raftboot.autoconfigure.properties;

import java.time.Duration;
import java.util.Locale;
import org.springframework.util.unit.DataSize;

/** Shows values as somebody would write them: in the largest unit that leaves a whole number. */
final class ValueText {
    private static final long KILO = 1024;
    private static final String[] SIZE_UNITS = {"B", "KB", "MB", "GB", "TB"};
    private static final int MAX_ASCII = 127;

    /** More of them are not counted in nanoseconds, of which a long holds 292 years. */
    private static final long MAX_EXACT_DAYS = 100_000;

    private ValueText() {}

    static String of(Duration duration) {
        if (duration.isZero()) {
            return "0ms";
        }
        if (Math.abs(duration.toDays()) > MAX_EXACT_DAYS) {
            return duration.toDays() + "d";
        }
        if (duration.toNanosPart() % 1_000_000 != 0) {
            return duration.toNanosPart() % 1000 == 0 ? duration.toNanos() / 1000 + "us" : duration.toNanos() + "ns";
        }
        if (duration.toMillisPart() != 0) {
            return duration.toMillis() + "ms";
        }
        return duration.toSecondsPart() != 0
                ? duration.toSeconds() + "s"
                : duration.toMinutesPart() != 0
                        ? duration.toMinutes() + "m"
                        : duration.toHoursPart() != 0 ? duration.toHours() + "h" : duration.toDays() + "d";
    }

    static String of(DataSize size) {
        long value = size.toBytes();
        int unit = 0;
        while (value != 0 && value % KILO == 0 && unit < SIZE_UNITS.length - 1) {
            value /= KILO;
            unit++;
        }
        return value + SIZE_UNITS[unit];
    }

    /** The value in ASCII, because the console of a process in such a locale could not show anything else. */
    static String ascii(String value) {
        var text = new StringBuilder();
        value.chars().forEach(character -> {
            if (character > MAX_ASCII || Character.isISOControl(character)) {
                text.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                text.append((char) character);
            }
        });
        return text.toString();
    }
}
