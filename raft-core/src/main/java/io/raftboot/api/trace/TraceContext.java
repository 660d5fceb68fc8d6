package io.raftboot.api.trace;

import org.jspecify.annotations.Nullable;

/**
 * The place in a trace that a command was called from, as W3C's recommendation "Trace Context" has it in headers. Only what is
 * recorded is worth its bytes, so there is none of a trace that is not.
 *
 * @param traceparent version, trace, span and flags, {@value #PARENT_LENGTH} characters
 * @param tracestate what the systems that trace have added; empty if nothing
 */
public record TraceContext(String traceparent, String tracestate) {
    /** Of a traceparent. */
    public static final int PARENT_LENGTH = 55;

    /** Of a tracestate, as many as the recommendation has everybody pass on; a longer one is left out. */
    public static final int MAX_STATE_LENGTH = 512;

    private static final int TRACE_ID_AT = 3;
    private static final int SPAN_ID_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int RADIX = 16;
    private static final int SAMPLED = 1;

    /** @throws IllegalArgumentException if it is none, or of a trace that is not recorded */
    public TraceContext {
        if (!isSampled(traceparent)) {
            throw new IllegalArgumentException(
                    "'" + traceparent + "' is not the traceparent of a trace that is recorded");
        }
        if (!isState(tracestate)) {
            throw new IllegalArgumentException(
                    "a tracestate has at most " + MAX_STATE_LENGTH + " characters of ASCII, not '" + tracestate + "'");
        }
    }

    /**
     * The context that these headers hold.
     *
     * @param traceparent null where there is none
     * @param tracestate null where there is none; left out if it can't be one
     * @return null if it is none, or of a trace that is not recorded
     */
    public static @Nullable TraceContext sampled(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null || !isSampled(traceparent)) {
            return null;
        }
        return new TraceContext(traceparent, tracestate == null || !isState(tracestate) ? "" : tracestate);
    }

    private static boolean isSampled(String traceparent) {
        if (traceparent.length() != PARENT_LENGTH || traceparent.startsWith("ff")) {
            return false;
        }
        for (int i = 0; i < PARENT_LENGTH; i++) {
            char c = traceparent.charAt(i);
            boolean separates = i == TRACE_ID_AT - 1 || i == SPAN_ID_AT - 1 || i == FLAGS_AT - 1;
            if (separates ? c != '-' : !isHexDigit(c)) {
                return false;
            }
        }
        return (Character.digit(traceparent.charAt(PARENT_LENGTH - 1), RADIX) & SAMPLED) != 0
                && isSomething(traceparent, TRACE_ID_AT, SPAN_ID_AT - 1)
                && isSomething(traceparent, SPAN_ID_AT, FLAGS_AT - 1);
    }

    private static boolean isHexDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    /** An id of zeros alone is none. */
    private static boolean isSomething(String traceparent, int from, int to) {
        for (int i = from; i < to; i++) {
            if (traceparent.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }

    private static boolean isState(String tracestate) {
        return tracestate.length() <= MAX_STATE_LENGTH && tracestate.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
