package io.raftboot.notice;

import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * A logger that says each pattern once, and once a minute how often it came meanwhile; what is kept back goes to DEBUG. A
 * stack trace is said with the first of a pattern alone. Any thread.
 */
public final class QuietLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient Logger target;
    private final transient Recurrences recurrences;
    private final transient Set<String> endings;

    /** The patterns of INFO that are worth INFO, where the others are not; null where all are. */
    private final transient @Nullable Set<String> worthInfo;

    /**
     * @param nanoClock monotonic, in nanoseconds
     * @param endings patterns that are always said, with the number of lines that were kept back before them
     */
    public QuietLogger(Logger target, LongSupplier nanoClock, Set<String> endings) {
        this(target, nanoClock, endings, null);
    }

    private QuietLogger(Logger target, LongSupplier nanoClock, Set<String> endings, @Nullable Set<String> worthInfo) {
        this.name = target.getName();
        this.target = target;
        this.recurrences = new Recurrences(nanoClock);
        this.endings = Set.copyOf(endings);
        this.worthInfo = worthInfo;
    }

    /** One for an object of that class, by the clock of the system. */
    public static Logger of(Class<?> owner) {
        return new QuietLogger(LoggerFactory.getLogger(owner), System::nanoTime, Set.of());
    }

    /**
     * One for the core of the algorithm, which says each step at INFO: all but a few patterns of that level go to DEBUG.
     *
     * @param nanoClock monotonic, in nanoseconds
     * @param worthInfo those that stay
     */
    public static Logger ofCore(Logger target, LongSupplier nanoClock, Set<String> worthInfo) {
        return new QuietLogger(target, nanoClock, Set.of(), Set.copyOf(worthInfo));
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        var worth = worthInfo;
        if (level == Level.INFO && worth != null && !worth.contains(pattern)) {
            if (target.isDebugEnabled()) {
                target.debug(text(pattern, arguments), cause);
            }
        } else if (level.toInt() < Level.INFO.toInt()) {
            say(level, text(pattern, arguments), cause);
        } else if (endings.contains(pattern)) {
            say(level, text(pattern, arguments), cause);
            long kept = recurrences.takeKept();
            if (kept > 0) {
                say(level, "before that, " + kept + " lines like those said were kept back", null);
            }
        } else {
            sayAtTimes(level, pattern, arguments, cause);
        }
    }

    private void sayAtTimes(Level level, String pattern, Object @Nullable [] arguments, @Nullable Throwable cause) {
        long times = recurrences.seen(level + " " + pattern);
        if (times == Recurrences.KEPT) {
            if (target.isDebugEnabled()) {
                target.debug(text(pattern, arguments), cause);
            }
        } else if (times == 0) {
            say(level, text(pattern, arguments), cause);
        } else {
            String why = cause == null ? "" : ": " + cause;
            say(level, text(pattern, arguments) + why + " (" + times + " times more since this was said last)", null);
        }
    }

    private void say(Level level, String text, @Nullable Throwable cause) {
        switch (level) {
            case ERROR -> target.error(text, cause);
            case WARN -> target.warn(text, cause);
            case INFO -> target.info(text, cause);
            case DEBUG -> target.debug(text, cause);
            case TRACE -> target.trace(text, cause);
        }
    }

    private static String text(String pattern, Object @Nullable [] arguments) {
        return arguments == null ? pattern : MessageFormatter.basicArrayFormat(pattern, arguments);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return target.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return target.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return target.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return target.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return target.isErrorEnabled();
    }
}
