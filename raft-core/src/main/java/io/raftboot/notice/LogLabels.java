package io.raftboot.notice;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Which member the lines of a thread are about: its node, its group, and the term that it is in. They stand in SLF4J's diagnostic context, so
 * that structured logging shows them with each line, those of the application's state machines included. Each member has its own, and
 * the threads of several members of one process theirs. Any thread.
 */
public final class LogLabels {
    /** Key of the member's id. */
    public static final String NODE = "raft.node";

    /** Key of the group. */
    public static final String GROUP = "raft.group";

    /** Key of the term that the member was in; absent before it knows one. */
    public static final String TERM = "raft.term";

    private static final ThreadLocal<@Nullable Shown> SHOWN = new ThreadLocal<>();

    private final String node;
    private final String group;
    private volatile long term;

    /** What a thread shows now. */
    private record Shown(LogLabels labels, long term) {}

    public LogLabels(long nodeId, String group) {
        this.node = Long.toString(nodeId);
        this.group = group;
    }

    /** From the next piece of work of each thread on. */
    public void term(long newTerm) {
        term = newTerm;
    }

    /** The calling thread's lines are about this member, from now on. Costs next to nothing where they were already. */
    public void show() {
        long present = term;
        var shown = SHOWN.get();
        if (shown != null && shown.labels == this && shown.term == present) {
            return;
        }
        SHOWN.set(new Shown(this, present));
        MDC.put(NODE, node);
        MDC.put(GROUP, group);
        if (present != 0) {
            MDC.put(TERM, Long.toString(present));
        }
    }

    /** As {@link #show}, while the work is done, on a thread that has others to do. */
    public void around(Runnable work) {
        var before = SHOWN.get();
        var values = new TreeMap<String, @Nullable String>();
        for (String key : new String[] {NODE, GROUP, TERM}) {
            values.put(key, MDC.get(key));
        }
        show();
        try {
            work.run();
        } finally {
            restore(before, values);
        }
    }

    private static void restore(@Nullable Shown before, Map<String, @Nullable String> values) {
        if (before == null) {
            SHOWN.remove();
        } else {
            SHOWN.set(before);
        }
        values.forEach((key, value) -> {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        });
    }
}
