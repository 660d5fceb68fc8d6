package io.raftboot.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.raftboot.api.ReadOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What members say while they are not well, or come and go: of each kind of line one a minute and member, whatever happens. */
class QuietElectionsTests {
    private static final int MEMBERS = 3;
    private static final int ELECTIONS = 8;
    private static final int ROUNDS = 15;

    /** None to one of two leaders, each for the first time and after trouble. */
    private static final int MOST_OF_A_KIND = 4 * MEMBERS;

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.raftboot");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        logger.setLevel(Level.DEBUG);
        logger.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    private long count(String text) {
        return events.stream()
                .filter(event -> event.getFormattedMessage().contains(text))
                .count();
    }

    private List<String> lines() {
        return events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .map(event -> event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage())
                .toList();
    }

    /** Without what differs from one time to the next. */
    private void assertNoKindRepeats(int most) {
        var kinds = lines().stream().collect(Collectors.groupingBy(line -> line.replaceAll("[0-9]+", "#")));
        assertThat(kinds).allSatisfy((kind, same) -> assertThat(same).as(kind).hasSizeLessThanOrEqualTo(most));
    }

    private static void call(TestCluster cluster, long id) {
        var unused = cluster.replica(id).submit(LedgerMachine.NAME, "x".getBytes(UTF_8), Duration.ofMillis(50));
        var read = cluster.replica(id)
                .read(LedgerMachine.NAME, new byte[0], ReadOptions.LINEARIZABLE.withTimeout(Duration.ofMillis(50)));
        assertThat(read).isNotNull();
    }

    @Test
    void memberWithoutQuorumSaysItOnceAndWhenItIsOverThoughAllCall() {
        try (var cluster = TestCluster.inMemory(MEMBERS)) {
            cluster.replica(1).start();
            await().atMost(TestCluster.PATIENCE).until(() -> {
                call(cluster, 1);
                return count("is starting a new election") >= ELECTIONS && count("has known no leader") > 0;
            });
            assertThat(lines()).filteredOn(line -> line.contains("RawNode")).hasSizeLessThanOrEqualTo(1);
            assertThat(lines())
                    .filteredOn(line -> line.contains("has known no leader"))
                    .hasSize(1);
            assertNoKindRepeats(1);
            cluster.start();
            await().atMost(TestCluster.PATIENCE).until(() -> count("without a leader") > 0);
            assertThat(lines())
                    .filteredOn(line -> line.contains("without a leader"))
                    .singleElement()
                    .asString()
                    .matches("INFO \\S+ServiceLines node 1 (leads in|follows node [23], the leader of) term [0-9]+,"
                            + " after [0-9]+ ms without a leader");
        }
    }

    /** With asynchronous writes the core hears more than once that an entry is on disk, some twenty times a second. */
    @Test
    void whatIsNormalWithAsynchronousWritesIsForDebug() {
        try (var cluster = TestCluster.inMemory(MEMBERS).start()) {
            long leader = cluster.awaitLeader();
            await().atMost(TestCluster.PATIENCE).until(() -> {
                call(cluster, leader);
                return count("missing from unstable log; ignoring") > 0;
            });
        }
        assertThat(events)
                .filteredOn(event -> event.getFormattedMessage().contains("missing from unstable log; ignoring"))
                .allSatisfy(event -> assertThat(event.getLevel()).isEqualTo(Level.DEBUG));
        assertThat(lines()).noneMatch(line -> line.contains("unstable"));
    }

    @Test
    void leadersThatComeAndGoAreNotSaidEachTime() {
        try (var cluster = TestCluster.inMemory(MEMBERS).start()) {
            for (int round = 0; round < ROUNDS; round++) {
                long leader = cluster.awaitLeader();
                call(cluster, leader);
                cluster.network().isolate(leader);
                await().atMost(TestCluster.PATIENCE)
                        .until(() -> cluster.replica(cluster.otherThan(leader)).leaderId() != null
                                && !cluster.replica(leader).isLeader());
                cluster.network().heal();
            }
        }
        assertNoKindRepeats(MOST_OF_A_KIND);
    }
}
