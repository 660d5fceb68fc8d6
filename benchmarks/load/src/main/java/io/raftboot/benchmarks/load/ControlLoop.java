package io.raftboot.benchmarks.load;

import io.raftboot.benchmarks.measure.ResourceUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The child's side of the conversation: reads commands from standard input, does them one after the other, and answers
 * each with lines that end with {@link #END}. The end of the input, which comes when the parent has gone however it went, ends
 * the loop, and the child with it.
 */
public final class ControlLoop {
    public static final String LEADER = "leader";
    public static final String START = "start";
    public static final String START_READS = "start-reads";
    public static final String MEASURE = "measure";
    public static final String PROFILE = "profile";
    public static final String STOP = "stop";
    public static final String ALLOCATED = "allocated";
    public static final String PROBE = "probe";
    public static final String ACKNOWLEDGED = "acknowledged";
    public static final String END = "end";
    public static final String ERROR = "error";

    private final BufferedReader in;
    private final PrintStream out;
    private @Nullable LoadGenerator load;
    private @Nullable WriteProbe probe;

    /** Takes over standard output: what else is printed from now on goes to standard error. */
    public ControlLoop() {
        this.in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        this.out = System.out;
        System.setOut(System.err);
    }

    /** Says that the member runs, then does what it is told until the parent has gone. */
    public void run(Member member, Load shape) throws IOException {
        answer(List.of());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                answer(handle(line.split(" ", -1), member, shape));
            } catch (Exception e) {
                answer(List.of(ERROR + "\t" + e));
            }
        }
        if (probe != null) {
            probe.close();
        }
    }

    private List<String> handle(String[] command, Member member, Load shape) throws Exception {
        switch (command[0]) {
            case LEADER -> {
                return List.of(Boolean.toString(member.leads()));
            }
            case START -> start(shape.generator(member.puts()), command[1]);
            case START_READS -> start(shape.generator(reads(member)), command[1]);
            case MEASURE -> {
                return running()
                        .measure(Duration.ofMillis(Long.parseLong(command[1])))
                        .lines();
            }
            case PROFILE -> {
                var duration = Duration.ofMillis(Long.parseLong(command[1]));
                return Profile.during(Path.of(command[2]), () -> running().measure(duration))
                        .lines();
            }
            case STOP -> running().stop();
            case ALLOCATED -> {
                return List.of("" + ResourceUse.now().allocatedBytes());
            }
            case PROBE -> probe = new WriteProbe(member.puts(), shape);
            case ACKNOWLEDGED -> {
                return acknowledgedSince(Long.parseLong(command[1]));
            }
            default -> throw new IllegalArgumentException("unknown command " + command[0]);
        }
        return List.of();
    }

    private void start(LoadGenerator generator, String inFlight) {
        generator.start(Integer.parseInt(inFlight));
        load = generator;
    }

    private LoadGenerator running() {
        if (load == null) {
            throw new IllegalStateException("no load was started");
        }
        return load;
    }

    private List<String> acknowledgedSince(long nanos) {
        if (probe == null) {
            throw new IllegalStateException("no probe was started");
        }
        var first = probe.firstSince(nanos);
        return first.isPresent() ? List.of("" + first.getAsLong()) : List.of();
    }

    private static PutTarget reads(Member member) {
        var reads = member.reads();
        if (reads == null) {
            throw new IllegalStateException("this system has no linearizable reads");
        }
        return reads;
    }

    private void answer(List<String> lines) {
        lines.forEach(out::println);
        out.println(END);
        out.flush();
    }
}
