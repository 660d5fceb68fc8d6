package io.raftboot.tool;

import io.raftboot.storage.OfflineDirectory;
import io.raftboot.storage.StorageOpenException;
import io.raftboot.storage.disk.RealDisk;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be asked of the write-ahead log. */
@Command(name = "log", mixinStandardHelpOptions = true, description = "The write-ahead log. Reads only.")
final class LogCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(
            mixinStandardHelpOptions = true,
            description = "Reads all of the log. Exit code 0 only if a member would start with it as it is.")
    int verify(@Parameters(paramLabel = "DIR", description = "The data directory.") Path dir)
            throws IOException, StorageOpenException {
        var log = OfflineDirectory.open(new RealDisk(), dir).verifyLog();
        var out = spec.commandLine().getOut();
        if (log.unfinishedOffset() > 0) {
            out.println(log.unfinishedFile() + " at offset " + log.unfinishedOffset()
                    + ": something was begun here and never acknowledged; the next start cuts it");
        }
        long snapshotIndex = log.marker().getMetadata().getIndex();
        out.println("whole: entries " + log.firstIndex() + " to " + log.lastIndex() + ", batch " + log.batches()
                + ", term " + log.hardState().getTerm() + ", vote "
                + log.hardState().getVote()
                + ", committed at least " + log.hardState().getCommit()
                + (snapshotIndex == 0 ? ", no snapshot" : ", snapshot at " + snapshotIndex));
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Prints the entries, one line each.")
    int dump(
            @Parameters(paramLabel = "DIR", description = "The data directory.") Path dir,
            @Option(names = "--from", paramLabel = "I", defaultValue = "0", description = "First index.") long from,
            @Option(
                            names = "--to",
                            paramLabel = "J",
                            defaultValue = "" + Long.MAX_VALUE / 2,
                            showDefaultValue = Help.Visibility.NEVER,
                            description = "Last index.")
                    long to)
            throws IOException, StorageOpenException {
        var out = spec.commandLine().getOut();
        OfflineDirectory.open(new RealDisk(), dir).entries(from, to, entry -> out.println(EntryText.of(entry)));
        return 0;
    }
}
