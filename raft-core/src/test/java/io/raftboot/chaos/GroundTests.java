package io.raftboot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.chaos.Settings.Clocks;
import io.raftboot.chaos.Settings.Without;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroundTests {
    @TempDir
    Path dir;

    /** Else a jump is over as soon as another track of faults has killed the member. */
    @Test
    void clockThatIsOffStaysSoForTheNextProcess() throws IOException {
        var settings =
                new Settings("clocks", 3, Duration.ZERO, 1, Without.valueOf("namespaces,proxy,tls"), Clocks.BOTH, dir);
        try (var ground = new Ground(settings)) {
            assertThat(Files.readString(ground.clock(2))).isEqualTo("+0s\n");
            ground.setClock(2, -20);
            assertThat(ground.clockOf(2))
                    .containsEntry("FAKETIME_TIMESTAMP_FILE", ground.clock(2).toString());
            assertThat(Files.readString(ground.clock(2))).isEqualTo("-20s\n");
            assertThat(Files.readString(ground.clock(3))).isEqualTo("+0s\n");
        }
    }
}
