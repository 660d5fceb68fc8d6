package io.raftboot.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** An application without a web server lives with its member, and ends when it is told to. */
@Timeout(120)
class RunningMemberProcessTests {
    private static final String RETURNED = "main has returned";
    private static final String ORDERED = "told to end";

    /** Ends in order when its input says so, which a thread waits for that keeps no process alive. */
    static final class Worker {
        private Worker() {}

        public static void main(String[] arguments) {
            var context = new SpringApplicationBuilder(
                            RunningMemberTests.Application.class, RunningMemberTests.Counter.class)
                    .web(WebApplicationType.NONE)
                    .properties("raft.storage=memory")
                    .run(arguments);
            var main = Thread.currentThread();
            var orders = new Thread(() -> {
                try {
                    main.join();
                    System.out.println(RETURNED);
                    if (System.in.read() >= 0) {
                        System.out.println(ORDERED);
                        SpringApplication.exit(context);
                    }
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            orders.setDaemon(true);
            orders.start();
        }
    }

    private static Process start() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName()));
        return builder.redirectErrorStream(true).start();
    }

    private static List<String> readUntil(BufferedReader output, String last) throws IOException {
        var lines = new ArrayList<String>();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            lines.add(line);
            if (line.contains(last)) {
                return lines;
            }
        }
        throw new AssertionError("the process has ended: " + String.join("\n", lines));
    }

    @Test
    void livesUntilTheContextIsClosed() throws Exception {
        var process = start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
                var input = process.getOutputStream()) {
            readUntil(output, RETURNED);
            input.write('\n');
            input.flush();
            readUntil(output, ORDERED);
            output.lines().forEach(line -> {});
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void endsByASignal() throws Exception {
        var process = start();
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            readUntil(output, RETURNED);
            // The process's own method would close its output as well.
            assertThat(process.toHandle().destroy()).isTrue();
            output.lines().forEach(line -> {});
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("128 and the number of SIGTERM").isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }
}
