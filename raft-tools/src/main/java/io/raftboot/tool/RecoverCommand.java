package io.raftboot.tool;

import io.raftboot.storage.StorageOpenException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The last resort. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "WRITES: makes the member of DIR the only one of a new cluster, after a majority was lost for good.",
            "Without --confirm it only says what it would do, and changes nothing."
        })
final class RecoverCommand implements Callable<Integer> {
    private static final String WARNING =
            """
            WARNING. This is for when a majority of the members is lost for good, and nothing else.
              * Commands that were acknowledged, and that only lost members had, are lost.
              * Commands whose outcome was unknown, and that this member has, count as applied from now on.
              * The other members must never be started again with their directories. They would not talk to this one, but
                enough of them would go on as the old cluster beside the new one. Delete their directories first.
              * Of several members that are left take the one with the highest term and last index: see 'log verify'.
              * Copy DIR before.
            Afterwards start this member with raft.peers naming only itself. For more members let it take a complete
            snapshot, stop it, and make a new directory for each of them with 'snapshot export' and 'snapshot import'.""";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The data directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dir;

    @Option(names = "--new-cluster", required = true, description = "Says that a new cluster is wanted.")
    private boolean newCluster;

    @Option(names = "--confirm", description = "Says that the warning was read.")
    private boolean confirmed;

    @Override
    public Integer call() throws IOException, StorageOpenException {
        var out = spec.commandLine().getOut();
        var plan = ForcedCluster.plan(dir);
        out.println(WARNING);
        out.println(plan.describe());
        if (!newCluster || !confirmed) {
            out.println("Nothing was changed. Call it again with --confirm to go on.");
            return ExitCode.USAGE;
        }
        out.println(ForcedCluster.carryOut(plan));
        return ExitCode.OK;
    }
}
