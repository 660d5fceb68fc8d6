package io.raftboot.benchmarks.log;

import com.google.protobuf.ByteString;
import io.raftboot.benchmarks.measure.Machine;
import io.raftboot.benchmarks.measure.Spread;
import io.raftboot.raft.proto.Entry;
import io.raftboot.raft.proto.EntryType;
import io.raftboot.storage.IdentityRequest;
import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.StorageOptions;
import io.raftboot.storage.disk.RealDisk;
import io.raftboot.storage.log.LogWrite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What a start costs that reads the whole log, beside plain reads of the same files. Nothing is dropped from the page cache:
 * the files were just written, so both measure the processor rather than the disk, as at a restart of the process alone.
 */
@Command(
        name = "recovery",
        mixinStandardHelpOptions = true,
        description =
                "Measures opening a member's directory with many small entries in its log, beside reading the same files.")
public final class RecoveryCommand implements Callable<Integer> {
    private static final int MAX_ENTRIES = 100_000_000;
    private static final int MAX_VALUE_SIZE_BYTES = 1024 * 1024;
    private static final int MAX_BATCH = 100_000;
    private static final int MAX_ROUNDS = 1000;
    private static final double NANOS_PER_MILLISECOND = 1e6;

    /** As much as {@code cat} reads at once. */
    private static final int READ_SIZE_BYTES = 128 * 1024;

    private static final IdentityRequest IDENTITY = new IdentityRequest("benchmark", "default", 1, List.of(), false);

    @Option(
            names = "--dir",
            description = "where the log is written, and deleted again (${DEFAULT-VALUE})",
            defaultValue = ".")
    private Path directory = Path.of(".");

    @Option(names = "--entries", description = "in the log (${DEFAULT-VALUE})", defaultValue = "1000000")
    private int entries;

    @Option(names = "--value-size", description = "bytes of an entry's data (${DEFAULT-VALUE})", defaultValue = "16")
    private int valueSizeBytes;

    @Option(names = "--batch", description = "entries under one force (${DEFAULT-VALUE})", defaultValue = "1000")
    private int batch;

    @Option(
            names = "--rounds",
            description = "of both in turn, after the first opening (${DEFAULT-VALUE})",
            defaultValue = "5")
    private int rounds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        new Bounds(spec)
                .checkDirectory("--dir", directory)
                .check("--entries", entries, 1, MAX_ENTRIES)
                .check("--value-size", valueSizeBytes, 0, MAX_VALUE_SIZE_BYTES)
                .check("--batch", batch, 1, MAX_BATCH)
                .check("--rounds", rounds, 1, MAX_ROUNDS);
        try (var scratch = ScratchDirectory.create(directory, "recovery")) {
            print(Machine.describe(directory));
            var member = scratch.path().resolve("member");
            long lastIndex = write(member);
            measure(member, lastIndex);
        }
        return 0;
    }

    private long write(Path member) throws IOException, StorageOpenException {
        var data = ByteString.copyFrom(new byte[valueSizeBytes]);
        try (var storage = open(member)) {
            long first = storage.reader().lastIndex() + 1;
            long end = first + entries;
            for (long next = first; next < end; ) {
                var some = new ArrayList<Entry>(batch);
                for (; some.size() < batch && next < end; next++) {
                    some.add(Entry.newBuilder()
                            .setType(EntryType.ENTRY_NORMAL)
                            .setTerm(1)
                            .setIndex(next)
                            .setData(data)
                            .build());
                }
                storage.reader().advance(storage.writer().append(List.of(LogWrite.entries(null, some))));
            }
            return end - 1;
        }
    }

    private void measure(Path member, long lastIndex) throws IOException, StorageOpenException {
        // Nothing of the code is compiled yet, as when a member starts.
        double firstMillis = timeOpen(member, lastIndex);
        var opens = new double[rounds];
        var reads = new double[rounds];
        long bytes = 0;
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            bytes = readLog(member.resolve("wal"));
            reads[round] = (System.nanoTime() - start) / NANOS_PER_MILLISECOND;
            opens[round] = timeOpen(member, lastIndex);
        }
        print("| entries | bytes of data each | bytes of the files | first opening, ms"
                + " | opening, ms: median (least-most) of the rounds | reading, ms: median (least-most) |");
        print("|---|---|---|---|---|---|");
        print(String.format(
                Locale.ROOT,
                "| %d | %d | %d | %.0f | %s | %s |",
                entries,
                valueSizeBytes,
                bytes,
                firstMillis,
                format(Spread.of(opens)),
                format(Spread.of(reads))));
        print("The files are in the page cache for both.");
    }

    private static double timeOpen(Path member, long lastIndex) throws IOException, StorageOpenException {
        long start = System.nanoTime();
        try (var storage = open(member)) {
            double millis = (System.nanoTime() - start) / NANOS_PER_MILLISECOND;
            if (storage.reader().lastIndex() != lastIndex) {
                throw new IllegalStateException("The log ends at "
                        + storage.reader().lastIndex() + ", and entry " + lastIndex + " was written");
            }
            return millis;
        }
    }

    private static MemberStorage open(Path member) throws IOException, StorageOpenException {
        return MemberStorage.open(new RealDisk(), member, IDENTITY, StorageOptions.defaults());
    }

    /** Returns how many bytes there are. */
    private static long readLog(Path log) throws IOException {
        List<Path> files;
        try (var all = Files.list(log)) {
            files = all.sorted().toList();
        }
        var buffer = ByteBuffer.allocateDirect(READ_SIZE_BYTES);
        long bytes = 0;
        for (var file : files) {
            try (var channel = FileChannel.open(file)) {
                for (int count = channel.read(buffer.clear()); count >= 0; count = channel.read(buffer.clear())) {
                    bytes += count;
                }
            }
        }
        return bytes;
    }

    private static String format(Spread spread) {
        return String.format(Locale.ROOT, "%.0f (%.0f-%.0f)", spread.median(), spread.least(), spread.most());
    }

    private void print(String line) {
        if (spec != null) {
            spec.commandLine().getOut().println(line);
        }
    }
}
