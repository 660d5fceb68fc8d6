package io.raftboot.benchmarks;

import io.raftboot.benchmarks.log.LogCommand;
import io.raftboot.benchmarks.log.RecoveryCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Where the jar starts. */
@Command(
        name = "benchmarks",
        description = "Measures what a replicated cluster, and its log, do on this machine.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ClusterCommand.class,
            FailoverCommand.class,
            RestartCommand.class,
            LogCommand.class,
            RecoveryCommand.class,
            ProgrammingModelCommand.class,
            MemberCommand.class,
            EtcdClientCommand.class
        })
final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(Benchmarks.class, new BenchmarksFactory())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    /** Lets the class above keep its constructor to itself. */
    private static final class BenchmarksFactory implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == Benchmarks.class
                    ? type.cast(new Benchmarks())
                    : CommandLine.defaultFactory().create(type);
        }
    }
}
