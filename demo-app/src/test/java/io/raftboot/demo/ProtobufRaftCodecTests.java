package io.raftboot.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import io.raftboot.api.SnapshotOutcome;
import io.raftboot.demo.kv.KeyValueStore;
import io.raftboot.demo.kv.proto.KeyValue;
import io.raftboot.demo.kv.proto.KeyValueState;
import io.raftboot.replica.Replica;
import io.raftboot.spring.RaftCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class ProtobufRaftCodecTests {
    private static final KeyValue MESSAGE = KeyValue.newBuilder()
            .setKey("k")
            .setValue(ByteString.copyFromUtf8("value"))
            .build();

    private final RaftCodec codec = new ProtobufRaftCodec();

    @TempDir
    private Path directory;

    @Test
    void messageIsWrittenAsProtobuf() throws IOException {
        byte[] written = write(MESSAGE, KeyValue.class);
        assertThat(written).endsWith(MESSAGE.toByteArray()).hasSize(1 + MESSAGE.getSerializedSize());
        assertThat(read(written, KeyValue.class)).isEqualTo(MESSAGE);
    }

    @Test
    void nullAndAnEmptyMessageAreTwoThings() throws IOException {
        assertThat(read(write(null, KeyValue.class), KeyValue.class)).isNull();
        assertThat(read(write(KeyValue.getDefaultInstance(), KeyValue.class), KeyValue.class))
                .isEqualTo(KeyValue.getDefaultInstance());
    }

    @Test
    void allElseIsJson() throws IOException {
        assertThat(write(Instant.EPOCH, Instant.class))
                .isEqualTo("\"1970-01-01T00:00:00Z\"".getBytes(StandardCharsets.UTF_8));
        assertThat(read(write(List.of("a"), List.class), List.class)).isEqualTo(List.of("a"));
    }

    @Test
    void bytesThatAreNoMessageAreRefused() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(new byte[] {9, 1}, KeyValue.class));
    }

    @Test
    void storeComesBackFromASnapshotInProtobuf() throws IOException {
        byte[] value = {0, -1, 127, -128};
        try (var application = start()) {
            application.getBean(KeyValueStore.class).put("k", value);
            assertThat(application.getBean(Replica.class).takeSnapshot().join())
                    .isInstanceOf(SnapshotOutcome.Taken.class);
        }
        byte[] state = KeyValueState.newBuilder()
                .addEntries(KeyValue.newBuilder().setKey("k").setValue(ByteString.copyFrom(value)))
                .build()
                .toByteArray();
        try (var snapshots = Files.list(directory.resolve("snapshots"))) {
            assertThat(snapshots.toList()).singleElement().satisfies(file -> assertThat(
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .contains(new String(state, StandardCharsets.ISO_8859_1)));
        }
        try (var application = start()) {
            assertThat(application.getBean(KeyValueStore.class).get("k")).isEqualTo(value);
        }
    }

    private ConfigurableApplicationContext start() {
        return SpringApplication.run(
                DemoApplication.class,
                "--raft.node-id=1",
                "--raft.peers=1@127.0.0.1:"
                        + io.raftboot.testing.FreePorts.some(1).get(0),
                "--server.port=0",
                "--raft.data-dir=" + directory);
    }

    private byte[] write(@Nullable Object value, Type type) throws IOException {
        var out = new ByteArrayOutputStream();
        codec.write(value, type, out);
        return out.toByteArray();
    }

    private @Nullable Object read(byte[] written, Type type) throws IOException {
        return codec.read(new ByteArrayInputStream(written), type);
    }
}
