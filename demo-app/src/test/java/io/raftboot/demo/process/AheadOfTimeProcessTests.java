package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The demo as Spring has processed it at build time: what was decided then serves as what is decided at a start does. One member, because
 * nothing between members is decided so; {@code -Paot} runs three that are killed.
 */
class AheadOfTimeProcessTests {
    private static final int WRITES = 30;

    private final Path directory = ClusterOfProcesses.emptyDirectory("ahead-of-time");
    private final List<Integer> ports = FreePorts.some(2);
    private final MemberProcess member = new MemberProcess(
                    directory.resolve("member.log"),
                    ports.get(0),
                    "--raft.node-id=1",
                    "--raft.peers=1@127.0.0.1:" + ports.get(1),
                    "--raft.data-dir=" + directory.resolve("data"),
                    // So that it begins with a snapshot when it starts again.
                    "--raft.snapshot.interval-entries=20")
            .withJvmOptions(List.of("-Dspring.aot.enabled=true"));

    @AfterEach
    void stop() {
        if (member.isAlive()) {
            member.kill();
        }
    }

    @Test
    void commandsSnapshotsAndQueriesAreAsEver() throws IOException {
        ClusterOfProcesses.awaitReady(member.start());
        assertThat(member.output()).contains("Starting AOT-processed DemoApplication");
        for (int i = 0; i < WRITES; i++) {
            assertThat(member.put("key-" + i, "value " + i).statusCode()).isEqualTo(200);
        }
        assertThat(member.post("/accounts", "{\"id\":\"a\",\"balance\":10}").statusCode())
                .isEqualTo(200);
        assertThat(member.post("/accounts", "{\"id\":\"b\",\"balance\":0}").statusCode())
                .isEqualTo(200);
        String transfer = "{\"from\":\"a\",\"to\":\"b\",\"amount\":7}";
        assertThat(member.post("/transfers", transfer).statusCode()).isEqualTo(200);
        assertTooLow(transfer);
        assertThat(Objects.requireNonNull(member.raft("index")))
                .as("of the snapshot")
                .isPositive();

        member.kill();
        ClusterOfProcesses.awaitReady(member.start());
        for (int i = 0; i < WRITES; i++) {
            assertThat(member.get("/kv/key-" + i).body()).isEqualTo("value " + i);
        }
        assertThat(member.get("/accounts").body())
                .isEqualTo("[{\"id\":\"a\",\"balance\":3},{\"id\":\"b\",\"balance\":7}]");
        // A failure is replicated, and made anew for one who asks again.
        assertTooLow(transfer);
    }

    private void assertTooLow(String transfer) throws IOException {
        var response = member.post("/transfers", transfer, "too-much");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.body()).contains("the balance of 'a' is 3");
    }
}
