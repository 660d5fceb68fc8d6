package io.raftboot.raft;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Where the output of a command is collected; also the logger of all nodes, whose lines go to the same place. */
final class ScenarioOutput extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final List<String> LEVELS = List.of("DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE");
    private static final int SILENT = LEVELS.indexOf("NONE");

    private StringBuilder text = new StringBuilder();
    private int level;

    /** The level by its name, in any case. */
    void setLevel(String name) {
        int index = LEVELS.indexOf(name.toUpperCase(Locale.ROOT));
        if (index < 0) {
            throw new IllegalArgumentException("log levels must be either of " + LEVELS);
        }
        level = index;
    }

    String level() {
        return LEVELS.get(level);
    }

    boolean isSilent() {
        return level == SILENT;
    }

    void write(String more) {
        if (!isSilent()) {
            text.append(more);
        }
    }

    void writeLine(String line) {
        write(line + "\n");
    }

    /** Runs something whose output is indented by two blanks. */
    void indented(Runnable writer) {
        StringBuilder outer = text;
        text = new StringBuilder();
        try {
            writer.run();
        } finally {
            text.toString()
                    .lines()
                    .forEach(line -> outer.append("  ").append(line).append('\n'));
            text = outer;
        }
    }

    /** What was collected since the last call. */
    String take() {
        String taken = text.toString();
        text = new StringBuilder();
        return taken;
    }

    private boolean isEnabled(String name) {
        return LEVELS.indexOf(name) >= level;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled("DEBUG");
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled("INFO");
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled("WARN");
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled("ERROR");
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level lineLevel,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        writeLine(lineLevel + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
    }
}
