package io.raftboot.benchmarks.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** Flight recordings of this process. */
public final class Profile {
    private static final Duration SAMPLE_PERIOD = Duration.ofMillis(10);

    private Profile() {}

    /** Records into the file while the work is done. */
    public static <T> T during(Path file, Callable<T> work) throws Exception {
        try (var recording = new Recording(Configuration.getConfiguration("profile"))) {
            recording.enable("jdk.ExecutionSample").withPeriod(SAMPLE_PERIOD);
            recording.enable("jdk.NativeMethodSample").withPeriod(SAMPLE_PERIOD);
            // Every force, however short: how many there are is the question.
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.setDestination(file);
            recording.start();
            return work.call();
        }
    }
}
