package io.raftboot.benchmarks.load;

import picocli.CommandLine;

/** What the main class of a peer's jar does. */
public final class MemberProcess {
    private MemberProcess() {}

    /** Makes a member of this process. */
    @FunctionalInterface
    public interface Starter {
        /** Starts it; there need be no leader yet when this comes back. */
        Member start(MemberOptions options) throws Exception;
    }

    /** Runs until the parent has gone, and ends the process. */
    public static void run(String[] arguments, Starter starter) {
        var options = new MemberOptions();
        int status = 0;
        try {
            new CommandLine(options).parseArgs(arguments);
            run(options, starter);
        } catch (Exception e) {
            // Into the file of the process, which is printed where a member does not start.
            e.printStackTrace();
            status = 1;
        }
        // A system's threads that are no daemons would keep the process, and the parent waiting for it.
        System.exit(status);
    }

    /** Runs until the parent has gone. */
    public static void run(MemberOptions options, Starter starter) throws Exception {
        // First, because some systems greet on standard output, which is the parent's.
        var control = new ControlLoop();
        try (var member = starter.start(options)) {
            control.run(member, options.load());
        }
    }
}
