package io.raftboot.benchmarks.log;

import io.raftboot.storage.log.LogUpdate;
import io.raftboot.storage.log.LogWrite;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Append and force of one batch to the log, and the same of as many bytes to a bare file. JMH runs the one after the other,
 * so the log alone bears what fills its next segment in the background; the command {@code log} takes turns between them
 * within each round.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LogAppendBenchmark {
    private static final int ENTRY_SIZE_BYTES = 256;

    /** Entries under one force. */
    @Param({"1", "16", "256", "1024"})
    public int batch;

    /** On the disk to be measured. */
    @Param(".")
    public String directory = ".";

    /** What is compared with the log. */
    @Param({"FILLED", "GROWING"})
    public String file = "FILLED";

    private @Nullable LogBesideFile pair;
    private List<LogWrite> next = List.of();
    private @Nullable LogUpdate last;

    /** Opens log and file. */
    @Setup(Level.Trial)
    public void open() throws Exception {
        pair = new LogBesideFile(Path.of(directory), BareFile.Kind.valueOf(file), batch, ENTRY_SIZE_BYTES);
    }

    /** Makes what the next operation writes; an operation takes long enough for JMH to leave this out. */
    @Setup(Level.Invocation)
    public void prepare() {
        if (last != null) {
            pair().advance(last);
            last = null;
        }
        next = pair().prepare();
    }

    /** The log. */
    @Benchmark
    public Object append() throws Exception {
        last = pair().append(next);
        return last;
    }

    /** The bare file. */
    @Benchmark
    public void bareFile() throws Exception {
        pair().writeBare();
    }

    /** Deletes both. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        pair().close();
    }

    private LogBesideFile pair() {
        if (pair == null) {
            throw new IllegalStateException("not open");
        }
        return pair;
    }
}
