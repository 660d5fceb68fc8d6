package io.raftboot.demo.process;

import java.util.ArrayList;
import java.util.List;

/** What is done to a group under load, one step after the other. Each is measured by itself. Owned by the thread of the test. */
final class Steps implements AutoCloseable {
    /** Commands after the end of a step that belong to it, so that a stall at its end is seen as a whole. */
    private static final int COMMANDS_AFTER = 30;

    private final RunningGroup group;
    private final Timeline timeline = new Timeline();
    private final Callers callers;
    private final List<Span> spans = new ArrayList<>();

    private record Span(String operation, long beginNanos, long doneNanos, long endNanos) {}

    /** Starts the callers. */
    Steps(RunningGroup group) {
        this.group = group;
        this.callers = new Callers(group::inService, timeline);
        run("nothing", () -> callers.awaitMore(10 * COMMANDS_AFTER));
    }

    /** What became of the commands that were under way in the step. */
    Timeline.Excerpt run(String operation, Runnable action) {
        long begin = System.nanoTime();
        action.run();
        long done = System.nanoTime();
        callers.awaitMore(COMMANDS_AFTER);
        var span = new Span(operation, begin, done, System.nanoTime());
        spans.add(span);
        return timeline.between(span.beginNanos(), span.endNanos());
    }

    /** Ends the callers, sees to it that every command is accounted for, and tells what the steps cost. */
    void end(CourseReport report) throws Exception {
        callers.awaitMore(COMMANDS_AFTER);
        callers.stop();
        callers.assertAccountedFor(group.inService());
        for (Span span : spans) {
            report.add(
                    span.operation(),
                    (span.doneNanos() - span.beginNanos()) / 1_000_000,
                    timeline.between(span.beginNanos(), span.endNanos()));
        }
    }

    @Override
    public void close() {
        callers.close();
    }
}
