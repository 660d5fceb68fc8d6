package io.raftboot.test.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.autoconfigure.RaftProperties;
import io.raftboot.replica.config.StorageKind;
import io.raftboot.test.AutoConfigureTestRaft;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

/** Contexts of ordinary tests, which share nothing with each other, the application's directory, or the run before. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
class InventoryContextTests {
    private static final Path OF_THE_PROJECT = Path.of("data", "raft");

    @Nested
    @DirtiesContext
    @SpringBootTest(
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = {"raft.node-id=2", "raft.peers=1@one:7400,2@two:7400,3@three:7400"})
    class WithPeers {
        @Test
        void memberIsAloneInATest(@Autowired Inventory inventory, @Autowired RaftProperties properties) {
            assertThat(inventory.add("apple", 3)).isEqualTo(3);
            assertThat(properties.memberId()).isEqualTo(2);
            assertThat(properties.storage()).isEqualTo(StorageKind.MEMORY);
            assertThat(OF_THE_PROJECT).doesNotExist();
        }
    }

    @Nested
    @DirtiesContext
    @AutoConfigureTestRaft(storage = StorageKind.WAL)
    class OnDisk {
        @Test
        void logIsInTheTemporaryDirectory(@Autowired Inventory inventory, @Autowired RaftProperties properties) {
            assertThat(inventory.add("apple", 4)).isEqualTo(4);
            assertThat(Path.of(properties.dataDir())).isNotEmptyDirectory();
            assertThat(OF_THE_PROJECT).doesNotExist();
        }
    }

    @Test
    void directoryGoesWithTheContext() {
        TestContext test = new TestContextManager(OnDisk.class).getTestContext();
        Path directory = Path.of(
                test.getApplicationContext().getBean(RaftProperties.class).dataDir());
        assertThat(directory).isNotEmptyDirectory();
        test.markApplicationContextDirty(DirtiesContext.HierarchyMode.EXHAUSTIVE);
        assertThat(directory).doesNotExist();
    }

    @Nested
    @DirtiesContext
    class Another {
        @Test
        void stateBeginsAnew(@Autowired Inventory inventory) {
            assertThat(inventory.count("apple")).isZero();
            assertThat(OF_THE_PROJECT).doesNotExist();
        }
    }
}
