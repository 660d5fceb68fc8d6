package io.raftboot.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The child's side of the conversation: reads commands from standard input, does them one after the other, and answers
 * each with lines that end with {@link #END}. The end of the input, which comes when the parent has gone however it went, ends
 * the loop, and the child with it.
 */
final class ControlLoop {
    static final String LEADER = "leader";
    static final String START = "start";
    static final String MEASURE = "measure";
    static final String PROFILE = "profile";
    static final String STOP = "stop";
    static final String END = "end";
    static final String ERROR = "error";

    private final BufferedReader in;
    private final PrintStream out;
    private final LeaderCheck leaderCheck;
    private final LoadGenerator load;

    /** Tells whether load may be put here now. */
    @FunctionalInterface
    interface LeaderCheck {
        /** Whether there is a leader, and it is this process or the one that it is connected to. */
        boolean ready() throws Exception;
    }

    /** Takes over standard output: what else is printed from now on goes to standard error. */
    ControlLoop(LeaderCheck leaderCheck, LoadGenerator load) {
        this.in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        this.out = System.out;
        System.setOut(System.err);
        this.leaderCheck = leaderCheck;
        this.load = load;
    }

    void run() throws IOException {
        answer(List.of());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                answer(handle(line.split(" ", -1)));
            } catch (Exception e) {
                answer(List.of(ERROR + "\t" + e));
            }
        }
    }

    private List<String> handle(String[] command) throws Exception {
        switch (command[0]) {
            case LEADER -> {
                return List.of(Boolean.toString(leaderCheck.ready()));
            }
            case START -> load.start(Integer.parseInt(command[1]));
            case MEASURE -> {
                return load.measure(Duration.ofMillis(Long.parseLong(command[1])))
                        .lines();
            }
            case PROFILE -> {
                var duration = Duration.ofMillis(Long.parseLong(command[1]));
                return Profile.during(Path.of(command[2]), () -> load.measure(duration))
                        .lines();
            }
            case STOP -> load.stop();
            default -> throw new IllegalArgumentException("unknown command " + command[0]);
        }
        return List.of();
    }

    private void answer(List<String> lines) {
        lines.forEach(out::println);
        out.println(END);
        out.flush();
    }
}
