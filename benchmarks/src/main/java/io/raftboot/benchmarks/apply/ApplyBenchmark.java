package io.raftboot.benchmarks.apply;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.benchmarks.command.NothingMachine;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.machine.EnvelopeReader;
import io.raftboot.replica.machine.Envelopes;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.replica.proto.OpenSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Committed entries become commands, and are applied once to a state machine that does nothing: what exactly-once costs a member. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ApplyBenchmark {
    private static final int BATCH = 1024;
    private static final String GROUP = "default";
    private static final String MACHINE = "kv";
    private static final int VALUE_SIZE_BYTES = 256;
    private static final long NOW_MILLIS = 1_700_000_000_000L;

    /** Commands under way at once: that many results are kept. */
    @Param({"1", "256", "4096"})
    public int inFlight;

    /** Members that ask, in turn, each in a session of its own. */
    @Param({"3"})
    public int members;

    private final MachineSlot slot = new MachineSlot(MACHINE, new NothingMachine());
    private final EnvelopeReader reader = new EnvelopeReader(GROUP, List.of(MACHINE));
    private final ByteString payload = ByteString.copyFrom(new byte[VALUE_SIZE_BYTES]);
    private List<Entry> batch = List.of();
    private long index;
    private long sequence;

    /** Opens the sessions. */
    @Setup(Level.Trial)
    public void open() {
        for (int member = 0; member < members; member++) {
            var open = envelope()
                    .setOpenSession(
                            OpenSession.newBuilder().setTimeoutMillis(60_000).setMaxSessions(members));
            apply(entry(open));
        }
    }

    /** Makes the entries that the next operation applies; an operation takes long enough for JMH to leave this out. */
    @Setup(Level.Invocation)
    public void fill() {
        var entries = new ArrayList<Entry>(BATCH);
        for (int i = 0; i < BATCH; i++) {
            int member = i % members;
            sequence += member == 0 ? 1 : 0;
            entries.add(entry(envelope()
                    .setAskedMember(member + 1)
                    .setAskedRun(77)
                    .setAskedCounter(sequence)
                    .setSessionId(member + 1)
                    .setSessionSequence(sequence)
                    .setSessionLowestUnanswered(Math.max(1, sequence - inFlight / members))
                    .setPayload(payload)));
        }
        batch = entries;
    }

    private static Envelope.Builder envelope() {
        return Envelope.newBuilder()
                .setFormatVersion(Envelopes.FORMAT_VERSION)
                .setGroup(GROUP)
                .setMachine(MACHINE)
                .setAgreedTimeMillis(NOW_MILLIS);
    }

    private Entry entry(Envelope.Builder envelope) {
        return Entry.newBuilder()
                .setIndex(++index)
                .setTerm(2)
                .setData(envelope.build().toByteString())
                .build();
    }

    /** Applies a batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void applied(Blackhole hole) {
        for (var entry : batch) {
            hole.consume(apply(entry));
        }
    }

    private Outcome apply(Entry entry) {
        return slot.apply(Objects.requireNonNull(reader.in(entry)), entry, NOW_MILLIS);
    }
}
