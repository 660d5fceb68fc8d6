package io.raftboot.benchmarks;

import io.raftboot.benchmarks.load.ControlLoop;
import io.raftboot.benchmarks.load.LoadOptions;
import io.raftboot.benchmarks.load.Member;
import io.raftboot.benchmarks.load.PutTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The process that puts load on an etcd cluster. Started by {@link EtcdContender}. */
@Command(name = EtcdClientCommand.NAME, hidden = true)
final class EtcdClientCommand implements Callable<Integer> {
    static final String NAME = "etcd-client";

    @Option(names = "--endpoints", required = true, split = ",")
    private List<String> endpoints = new ArrayList<>();

    @Option(names = "--connections", required = true)
    private int connections;

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Override
    public Integer call() throws Exception {
        var control = new ControlLoop();
        try (var leader = new LeaderConnection()) {
            control.run(leader, load.load());
        }
        return 0;
    }

    /** To the leader, once it has been found. */
    private final class LeaderConnection implements Member {
        private volatile @Nullable EtcdClient client;

        @Override
        public boolean leads() {
            if (client != null) {
                return true;
            }
            for (String endpoint : endpoints) {
                var candidate = new EtcdClient(endpoint, connections);
                if (candidate.leads()) {
                    client = candidate;
                    return true;
                }
                candidate.close();
            }
            return false;
        }

        @Override
        public PutTarget puts() {
            return (put, listener) -> {
                var found = client;
                if (found == null) {
                    listener.done("no leader");
                } else {
                    found.put(put, listener);
                }
            };
        }

        @Override
        public void close() {
            var found = client;
            if (found != null) {
                found.close();
            }
        }
    }
}
