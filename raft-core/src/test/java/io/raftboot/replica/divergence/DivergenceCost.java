package io.raftboot.replica.divergence;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.raft.proto.Entry;
import io.raftboot.replica.StubMachine;
import io.raftboot.replica.config.DivergencePolicy;
import io.raftboot.replica.machine.EntryCommand;
import io.raftboot.replica.machine.MachineSlot;
import io.raftboot.replica.machine.Machines;
import io.raftboot.replica.machine.SystemMachine;
import io.raftboot.replica.proto.Envelope;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What comparing states costs the apply stage, beside capturing them: nanoseconds of processor time for each command with a result of 100 bytes, and
 * how fast a state is hashed. Each line is the median of five rounds.
 */
final class DivergenceCost {
    private static final int COMMANDS = 2_000_000;
    private static final int ROUNDS = 5;
    private static final int RESULT_BYTES = 100;
    private static final int STATE_BYTES = 64 * 1024 * 1024;

    private DivergenceCost() {}

    public static void main(String[] args) {
        for (int every : new int[] {0, 1_000, 10_000, 100_000}) {
            double[] nanos = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                nanos[round] = nanosOfACommand(new DivergencePolicy(every, null));
            }
            Arrays.sort(nanos);
            System.out.printf(Locale.ROOT, "every %d entries: %.1f ns a command%n", every, nanos[ROUNDS / 2]);
        }
        byte[] state = new byte[STATE_BYTES];
        double[] rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long started = processorNanos();
            var hash = new Hash64();
            hash.write(state, 0, state.length);
            if (hash.value() == Hash64.NONE) {
                throw new IllegalStateException("a hash is never none");
            }
            rates[round] = (double) STATE_BYTES / (processorNanos() - started);
        }
        Arrays.sort(rates);
        System.out.printf(Locale.ROOT, "a state is hashed at %.1f GB/s%n", rates[ROUNDS / 2]);
    }

    /** Of this thread, so that what else the machine does is left out. */
    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static double nanosOfACommand(DivergencePolicy policy) {
        var machine = new StubMachine() {
            @Override
            public Set<String> commandNames() {
                return Set.of("add");
            }

            @Override
            public String commandName(InputStream command) {
                return "add";
            }
        };
        var machines = new Machines(new SystemMachine(1), MachineSlot.byName(Map.of("machine", machine)));
        // Written at once: the thread that hashes is another one, and not what is measured here.
        var hashes = new AppliedHashes(policy, machines, Runnable::run, point -> {});
        hashes.begin();
        var envelope = Envelope.newBuilder()
                .setMachine("machine")
                .setPayload(ByteString.copyFrom(new byte[RESULT_BYTES]))
                .build();
        byte[] result = new byte[RESULT_BYTES];
        long started = processorNanos();
        for (int index = 1; index <= COMMANDS; index++) {
            hashes.outcome(EntryCommand.of(envelope), new Outcome.Applied(result, index));
            hashes.applied(Entry.newBuilder().setIndex(index).build());
        }
        return (double) (processorNanos() - started) / COMMANDS;
    }
}
