package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The manifests, played by {@link PodSet} with real processes, under load and with every command accounted for; see docs/testing.md. */
@EnabledIfSystemProperty(named = "raft.kubelet.rounds", matches = "[1-9][0-9]*")
class KubeletProcessTests {
    private static final Logger log = LoggerFactory.getLogger(KubeletProcessTests.class);
    private static final String STABLE_AFTER = "--raft.membership.stable-after=500ms";

    /** Callers send thousands of commands a minute, each under a key, which takes its room for that long. */
    private static final String RETENTION = "--raft.session.key-retention=2m";

    /** Each begins and ends with three pods that are ready. */
    private static final Map<String, Consumer<PodCourses>> COURSES = new LinkedHashMap<>();

    static {
        COURSES.put("rolling", PodCourses::rollingUpdate);
        COURSES.put("node", courses -> {
            courses.loseNode(false);
            courses.loseNode(true);
        });
        COURSES.put("addresses", PodCourses::restartAllUnderNewAddresses);
        COURSES.put("scale", courses -> {
            courses.scaleUp();
            courses.rollingUpdate();
            courses.scaleDown();
        });
        COURSES.put("volume", PodCourses::loseVolume);
    }

    @Test
    void leaderIsUpdatedAndNoCommandIsRefused() throws Exception {
        var report = new CourseReport("kubelet");
        try (var courses = new PodCourses(new PodSet("kubelet", STABLE_AFTER))) {
            courses.updateLeader();
            courses.end(report);
        }
        assertThat(report.text()).contains("whose member leads");
    }

    @Test
    void everyCommandIsAccountedForWhateverHappensToPods() throws Exception {
        var report = new CourseReport("kubelet-campaign");
        int rounds = Integer.getInteger("raft.kubelet.rounds", 0);
        for (int round = 1; round <= rounds; round++) {
            var pods = new PodSet("kubelet-" + round, STABLE_AFTER, RETENTION);
            try (var courses = new PodCourses(pods)) {
                for (String name : named()) {
                    Objects.requireNonNull(COURSES.get(name)).accept(courses);
                }
                courses.end(report);
            }
            report.roundEnded();
            pods.forget();
            log.info("round {} of {}: {}", round, rounds, report.text());
        }
    }

    private static List<String> named() {
        String property = System.getProperty("raft.kubelet.courses", "");
        List<String> named = property.isEmpty() ? List.copyOf(COURSES.keySet()) : Arrays.asList(property.split(","));
        assertThat(COURSES).as("raft.kubelet.courses").containsKeys(named.toArray(String[]::new));
        return named;
    }
}
