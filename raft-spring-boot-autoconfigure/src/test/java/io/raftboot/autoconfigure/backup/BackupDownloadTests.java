package io.raftboot.autoconfigure.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.BaseSubscriber;

/** Backups as answers, to servlets and to WebFlux. */
class BackupDownloadTests {
    private static final int LENGTH = 1_000_001;

    private final StoredBackup backup = new StoredBackup(LENGTH, Long.MAX_VALUE);

    private static byte[] expected() {
        var bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = StoredBackup.at(i);
        }
        return bytes;
    }

    @Test
    void headersSayLengthNameIndexAndChecksum() {
        assertThat(new BackupDownload(backup).headers())
                .containsEntry("Content-Length", "1000001")
                .containsEntry(
                        "Content-Disposition", "attachment; filename=\"orders-4711-19700101T000000Z.raftbackup\"")
                .containsEntry("Raft-Backup-Index", "4711")
                .containsEntry("Raft-Backup-Checksum", "crc32c=0a1b2c3d");
    }

    @Test
    void streamGetsAllBytesAndTheBackupIsClosed() throws Exception {
        var out = new ByteArrayOutputStream();
        new BackupDownload(backup).writeTo(out);
        assertThat(out.toByteArray()).isEqualTo(expected());
        assertThat(backup.closed).isPositive();
    }

    @Test
    void backupIsClosedWhenItCanNotBeRead() {
        var failing = new StoredBackup(LENGTH, 500_000);
        var out = new ByteArrayOutputStream();
        assertThatIOException()
                .isThrownBy(() -> new BackupDownload(failing).writeTo(out))
                .withMessage("the disk is gone");
        assertThat(failing.closed).isPositive();
        assertThat(out.size()).isLessThan(LENGTH);
    }

    @Test
    void subscriberGetsAllBytesFromAThreadThatMayWait() {
        var out = new ByteArrayOutputStream();
        BackupPublisher.of(new BackupDownload(backup), new DefaultDataBufferFactory())
                .doOnNext(buffer -> add(out, buffer))
                .blockLast();
        assertThat(out.toByteArray()).isEqualTo(expected());
        await().untilAsserted(() -> assertThat(backup.closed).isEqualTo(1));
        assertThat(backup.readers.split(" ")).allMatch(thread -> thread.startsWith("boundedElastic"));
    }

    @Test
    void noMoreIsReadThanWasAskedForAndCancellingCloses() {
        var asking = new Asking();
        BackupPublisher.of(new BackupDownload(backup), new DefaultDataBufferFactory())
                .subscribe(asking);
        asking.ask();
        await().untilAsserted(() -> assertThat(asking.sizes).hasSize(1));
        asking.ask();
        await().untilAsserted(() -> assertThat(asking.sizes).hasSize(2));
        assertThat(backup.read)
                .isEqualTo(asking.sizes.stream().mapToLong(Integer::longValue).sum());
        asking.cancel();
        await().untilAsserted(() -> assertThat(backup.closed).isEqualTo(1));
    }

    @Test
    void failureOfTheDiskEndsTheAnswerWithAnError() {
        var failing = new StoredBackup(LENGTH, 500_000);
        var failure = BackupPublisher.of(new BackupDownload(failing), new DefaultDataBufferFactory())
                .then()
                .materialize()
                .block();
        assertThat(failure).isNotNull().satisfies(signal -> assertThat(signal.getThrowable())
                .hasRootCauseMessage("the disk is gone"));
        await().untilAsserted(() -> assertThat(failing.closed).isEqualTo(1));
    }

    private static void add(ByteArrayOutputStream out, DataBuffer buffer) {
        var bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        out.writeBytes(bytes);
    }

    /** Takes one buffer each time. */
    private static final class Asking extends BaseSubscriber<DataBuffer> {
        final List<Integer> sizes = new ArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Nothing is asked for yet.
        }

        @Override
        protected void hookOnNext(DataBuffer value) {
            synchronized (sizes) {
                sizes.add(value.readableByteCount());
            }
        }

        void ask() {
            request(1);
        }
    }
}
