package io.raftboot.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftboot.api.Outcome;
import io.raftboot.api.RefusalReason;
import io.raftboot.autoconfigure.RaftAutoConfiguration;
import io.raftboot.autoconfigure.actuate.RaftHealthContributorAutoConfiguration;
import io.raftboot.autoconfigure.actuate.RaftHealthIndicator;
import io.raftboot.raft.ProposalListener;
import io.raftboot.raft.RaftException;
import io.raftboot.replica.Replica;
import io.raftboot.replica.ReplicaState;
import io.raftboot.replica.proto.Envelope;
import io.raftboot.spring.call.CallFormatTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

/** What can't be used, given to a member that runs: whether it happened, and what the caller is told. */
@ExtendWith(OutputCaptureExtension.class)
class BadInputTests {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 10;
    private static final String SNAPSHOTS = "raft.snapshot.interval-entries=2";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(RaftAutoConfiguration.class, RaftHealthContributorAutoConfiguration.class));

    private final ApplicationContextRunner inMemory =
            runner.withPropertyValues("raft.storage=memory", "raft.max-command-size=1KB");

    @TempDir
    private Path directory;

    @Test
    void payloadThatDoesNotBindIsNotProposed() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            proposesNothing(context, () -> assertThatExceptionOfType(RaftArgumentException.class)
                    .isThrownBy(() -> context.getBean(Notes.class).writeThing("t", new Thing() {}))
                    .withMessageContaining("'thing'")
                    .withMessageContaining("does not bind"));
        });
    }

    @Test
    void argumentOfAnotherTypeIsNotProposed() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            proposesNothing(context, () -> assertThatExceptionOfType(RaftArgumentException.class)
                    .isThrownBy(() -> submit(context, "repeat", Map.of("text", "a", "times", "many")))
                    .withMessageContaining("'times'")
                    .satisfies(e -> assertThat(e.parameter()).isEqualTo("times")));
        });
    }

    @Test
    @SuppressWarnings("NullAway") // as from a caller that is not checked
    void nullWhereItMayNotBeIsNotProposed() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            proposesNothing(context, () -> assertThatExceptionOfType(RaftArgumentException.class)
                    .isThrownBy(() -> context.getBean(Notes.class).write(null))
                    .withMessageContaining("'text'")
                    .withMessageContaining("must not be null"));
        });
    }

    @Test
    void payloadOverTheLimitIsNotProposedAndNamesItsLargestPart() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            proposesNothing(context, () -> assertThatExceptionOfType(RaftRefusedException.class)
                    .isThrownBy(() -> context.getBean(Notes.class).writeTitled("title", "x".repeat(2000)))
                    .withMessageContaining("1024")
                    .withMessageContaining("raft.max-command-size")
                    .withMessageContaining("'text'")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(RefusalReason.TOO_LARGE))
                    .satisfies(e -> assertThat(e.retryable()).isFalse()));
        });
    }

    @Test
    void resultThatCanNotBeEncodedCountsAsAppliedAndTheCallerIsToldSo() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            Notes notes = context.getBean(Notes.class);
            Exception failure = catchException(() -> notes.writeAndReturnItself("a"));
            assertThat(failure).hasMessageContaining("the command was applied, but its result can't be encoded");
            assertThat(notes.all()).containsExactly("a");
        });
    }

    @Test
    void snapshotThatTheMachineCanNotReadStopsTheMemberAndStays() throws IOException {
        String dataDirectory = "raft.data-dir=" + directory.resolve("raft");
        runner.withPropertyValues(dataDirectory, SNAPSHOTS)
                .withUserConfiguration(Notes.class)
                .run(context -> {
                    context.getBean(Notes.class).write("a");
                    context.getBean(Replica.class).takeSnapshot().join();
                });
        List<Path> before = snapshots();
        runner.withPropertyValues(dataDirectory)
                .withUserConfiguration(OtherNotes.class)
                .run(context -> assertThat(context).getFailure().rootCause().satisfies(root -> assertThat(
                                messages(context.getStartupFailure()))
                        .contains("'notes' can't read its state in the snapshot at index")
                        .contains("the file stays as it is")));
        assertThat(before).isNotEmpty();
        assertThat(snapshots()).isEqualTo(before);
    }

    @Test
    void commandThatNoBeanUnderstandsStopsApplying() {
        stopsTheMember(CallFormatTests.withoutArguments("gone", 1), "has no command 'gone'");
    }

    @Test
    void versionThatNoBeanUnderstandsStopsApplying() {
        stopsTheMember(CallFormatTests.withoutArguments("write", 7), "no version 7 of the command 'write'");
    }

    @ParameterizedTest
    @CsvSource({"gone, 1, NOT_KNOWN_BY_ALL", "write, 7, NOT_KNOWN_BY_ALL"})
    void commandThatNoBeanUnderstandsIsRefusedByTheLeader(String name, int version, RefusalReason reason) {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            Replica replica = context.getBean(Replica.class);
            assertThat(replica.submit("notes", CallFormatTests.withoutArguments(name, version), PATIENCE))
                    .succeedsWithin(PATIENCE)
                    .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                        assertThat(refused.reason()).isEqualTo(reason);
                        assertThat(refused.message()).contains("'" + name + "/" + version + "'", "'notes'");
                    });
            context.getBean(Notes.class).write("a");
        });
    }

    @Test
    void bytesThatAreNoCallAreRefusedByTheLeader() {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            Replica replica = context.getBean(Replica.class);
            for (String garbage : List.of("", "hello", "\b\u0005")) {
                assertThat(replica.submit("notes", garbage.getBytes(UTF_8), PATIENCE))
                        .succeedsWithin(PATIENCE)
                        .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                                .isEqualTo(RefusalReason.INVALID));
            }
            context.getBean(Notes.class).write("a");
        });
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("misfits")
    void startFailsAndSaysWhich(List<Class<?>> machines, String which, CapturedOutput output) {
        List<Class<?>> sources = new ArrayList<>(machines);
        sources.add(Application.class);
        var failure = catchThrowableOfType(
                Exception.class, () -> new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
                        .web(WebApplicationType.NONE)
                        .run("--raft.data-dir=" + directory.resolve("raft"))
                        .close());
        assertThat(failure).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Action:")
                .contains(which);
        assertThat(directory).isEmptyDirectory();
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(List.of(TwoOfOneName.class), "two operations of one name and version: 'write'"),
                Arguments.of(List.of(Notes.class, OtherNotes.class), "are both the state machine 'notes'"),
                Arguments.of(List.of(FinalMethod.class), "has the final method write()"),
                Arguments.of(List.of(FinalClass.class), FinalClass.class.getName() + " is final"));
    }

    private void stopsTheMember(byte[] call, String reason) {
        inMemory.withUserConfiguration(Notes.class).run(context -> {
            Replica replica = context.getBean(Replica.class);
            // Past template and leader, which would refuse it: as a newer leader would have it in the log.
            var envelope = Envelope.newBuilder()
                    .setFormatVersion(1)
                    .setGroup("default")
                    .setMachine("notes")
                    .setPayload(ByteString.copyFrom(call))
                    .build();
            replica.node().propose(envelope.toByteString(), new ProposalListener() {
                @Override
                public void appended(long term, long index) {}

                @Override
                public void dropped(RaftException e) {
                    throw new AssertionError(e);
                }
            });
            await().atMost(PATIENCE).until(() -> replica.state() == ReplicaState.FAILED);
            assertThat(replica.failure())
                    .hasMessageContaining(reason)
                    .hasMessageContaining("raft.apply.skip=")
                    .hasMessageContaining("start this member with a version of the application that does");
            var health = Objects.requireNonNull(
                    context.getBean(RaftHealthIndicator.class).health());
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails().get("error")).asString().contains(reason);
            assertThatExceptionOfType(RaftRefusedException.class)
                    .isThrownBy(() -> context.getBean(Notes.class).write("a"))
                    .withMessageContaining(reason);
        });
    }

    private List<Path> snapshots() throws IOException {
        try (var files = Files.list(directory.resolve("raft/snapshots"))) {
            return files.sorted().toList();
        }
    }

    private static void submit(ApplicationContext context, String command, Map<String, ?> arguments) {
        context.getBean(RaftTemplate.class)
                .submitAndWait("notes", command, arguments, Object.class, RaftCallOptions.defaults());
    }

    /** The member itself may propose something beside the call, so it gets several attempts; a proposal shows each time. */
    private static void proposesNothing(ApplicationContext context, Runnable call) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            long before = lastIndex(context);
            call.run();
            if (lastIndex(context) == before) {
                return;
            }
        }
        throw new AssertionError("something was proposed each time");
    }

    private static long lastIndex(ApplicationContext context) {
        return context.getBean(Replica.class).status().join().lastIndex();
    }

    private static String messages(@Nullable Throwable failure) {
        return String.join(
                "\n",
                Stream.<Throwable>iterate(Objects.requireNonNull(failure), Objects::nonNull, Throwable::getCause)
                        .map(String::valueOf)
                        .toList());
    }

    @ImportAutoConfiguration(RaftAutoConfiguration.class)
    @Configuration(proxyBeanMethods = false)
    static class Application {}

    /** A subclass of it would come back as one of this class. */
    static class Thing {
        private String name = "";

        String name() {
            return name;
        }
    }

    /** Writes itself without end. */
    record Endless(List<Endless> self) {}

    @RaftStateMachine("notes")
    static class Notes {
        private final List<String> notes = new ArrayList<>();

        @RaftCommand
        void write(String text) {
            notes.add(text);
        }

        @RaftCommand
        void writeTitled(String title, String text) {
            notes.add(title + text);
        }

        @RaftCommand
        void writeThing(String title, Thing thing) {
            notes.add(title + thing.name());
        }

        @RaftCommand
        void repeat(String text, int times) {
            notes.add(text.repeat(times));
        }

        @RaftCommand
        Endless writeAndReturnItself(String text) {
            notes.add(text);
            var endless = new Endless(new ArrayList<>());
            endless.self().add(endless);
            return endless;
        }

        @RaftQuery
        List<String> all() {
            return notes;
        }

        @RaftSnapshot
        List<String> save() {
            return notes;
        }

        @RaftRestore
        void restore(List<String> state) {
            notes.clear();
            notes.addAll(state);
        }
    }

    @RaftStateMachine("notes")
    static class OtherNotes {
        @RaftCommand
        void write(String text) {}

        @RaftSnapshot
        Map<String, Integer> save() {
            return Map.of();
        }

        @RaftRestore
        void restore(Map<String, Integer> state) {}
    }

    @RaftStateMachine
    static class TwoOfOneName {
        @RaftCommand
        void write(int number) {}

        @RaftCommand
        void write(String text) {}
    }

    @RaftStateMachine
    static class FinalMethod {
        @RaftCommand
        final void write() {}
    }

    @RaftStateMachine
    static final class FinalClass {
        @RaftCommand
        void write() {}
    }
}
