package io.raftboot.demo;

import io.raftboot.demo.playground.Playground;
import io.raftboot.testing.FreePorts;
import java.nio.file.Path;
import java.util.List;

/** The demo with three members in this process, for tests of other packages. */
public record RunningDemo(Playground playground, List<DemoCaller> members) implements AutoCloseable {
    public static RunningDemo start(Path data) {
        List<Integer> ports = FreePorts.some(6);
        List<Integer> http = ports.subList(0, 3);
        return new RunningDemo(
                new DemoMembers(http, ports.subList(3, 6), data).start(),
                http.stream().map(DemoCaller::new).toList());
    }

    /** The member of that id, from 1 on. */
    public DemoCaller member(long id) {
        return members.get((int) id - 1);
    }

    @Override
    public void close() {
        playground.close();
    }
}
