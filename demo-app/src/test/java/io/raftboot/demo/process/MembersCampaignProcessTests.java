package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All changes of members under load, as often as {@code raft.members.rounds} says; see docs/testing.md. */
@EnabledIfSystemProperty(named = "raft.members.rounds", matches = "[1-9][0-9]*")
class MembersCampaignProcessTests {
    private static final Logger log = LoggerFactory.getLogger(MembersCampaignProcessTests.class);

    /** Each begins and ends with three members. */
    private static final Map<String, Course> COURSES = new LinkedHashMap<>();

    static {
        COURSES.put("five-and-back", courses -> {
            courses.growToFive();
            courses.shrinkToThree();
        });
        COURSES.put("one-by-one", MemberCourses::replaceOneByOne);
        COURSES.put("jointly", courses -> {
            courses.replaceTwoJointly();
            courses.replaceTwoWithTheLeader();
        });
        COURSES.put("leader", courses -> {
            courses.removeLeader();
            courses.addOne();
        });
        COURSES.put("wiped", courses -> {
            courses.replaceWipedByHand();
            courses.replaceWipedByItself();
        });
        COURSES.put("moved", courses -> {
            courses.moveAll();
            courses.moveOne();
            courses.restartAllElsewhere();
        });
        COURSES.put("rolling", MemberCourses::rollingRestart);
    }

    @FunctionalInterface
    private interface Course {
        void run(MemberCourses courses);
    }

    @Test
    void everyCommandIsAccountedForWhileMembersChange() throws Exception {
        var report = new CourseReport("members-campaign");
        int rounds = Integer.getInteger("raft.members.rounds", 0);
        for (int round = 1; round <= rounds; round++) {
            round(round, report);
            log.info("round {} of {}: {}", round, rounds, report.text());
        }
    }

    private static void round(int number, CourseReport report) throws Exception {
        var cluster = new ChangingCluster(
                "members-" + number,
                "--raft.membership.stable-after=" + System.getProperty("raft.members.stable-after", "1s"),
                "--raft.membership.replace-wiped=true",
                // Callers send thousands of commands a minute, each under a key, which takes its room for that long.
                "--raft.session.key-retention=2m");
        try (var courses = new MemberCourses(cluster)) {
            courses.growToThree();
            for (String name : named()) {
                Objects.requireNonNull(COURSES.get(name)).run(courses);
            }
            courses.end(report);
        }
        report.roundEnded();
        cluster.forget();
    }

    private static List<String> named() {
        String property = System.getProperty("raft.members.courses", "");
        List<String> named = property.isEmpty() ? List.copyOf(COURSES.keySet()) : Arrays.asList(property.split(","));
        assertThat(COURSES).as("raft.members.courses").containsKeys(named.toArray(String[]::new));
        return named;
    }
}
