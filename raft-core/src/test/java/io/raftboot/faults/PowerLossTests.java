package io.raftboot.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.faults.MemberProcess.Settings;
import io.raftboot.raft.testing.Seeds;
import io.raftboot.replica.ReplicaStartException;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Power fails while a member writes: its directory is on ext4 in a file, the file is copied at random moments, and the copies are
 * mounted and opened. The copy has what the file system had handed to its device, and nothing of the page cache above.
 *
 * <p>Copying is not one moment. The member is stopped with a signal before, so that nothing is written during the copy that
 * it wrote later; what the kernel has under way at that moment goes on, and is copied or not in any part, which is what power
 * failing in the middle of it leaves. The file system is not frozen, which would write out what was never forced.
 */
@Tag("faults")
class PowerLossTests {
    private static final Logger log = LoggerFactory.getLogger(PowerLossTests.class);
    private static final String SEED = "raft.faults.seed";

    private static final int ROUNDS = 10;
    private static final int IMAGES_IN_A_ROUND = 20;
    private static final int IMAGES_OF_THE_CONTROL = 10;
    private static final int DISK_MIB = 48;
    private static final int WRITES_BEFORE_THE_CONTROL = 50;
    private static final int MAX_WRITES_BETWEEN_IMAGES = 400;

    /** Numbers that were sent and not acknowledged may be there, and must not be sent again. */
    private static final int NUMBERS_BETWEEN_ROUNDS = 10_000;

    /** Some images are of the moment of a snapshot, and of segments deleted behind it. */
    private static final int ENTRIES_BETWEEN_SNAPSHOTS = 1500;

    private static final String ORIGINAL = "power";
    private static final String COPY = "copy";
    private static final String NEXT = "next";

    private final long seed = Long.getLong(SEED, System.nanoTime());
    private final RandomGenerator random = Seeds.generator(seed);

    private int images;
    private int refused;
    private int imagesWithLoss;
    private long acknowledgedInAll;
    private long checked;
    private long missing;

    @BeforeEach
    void assumeFaultsCanBeMade() {
        Shell.assumeFaultsCanBeMade("mkfs.ext4", "losetup", "mount", "umount", "cp", "kill");
    }

    @Test
    void everyAcknowledgedWriteIsThereAfterLossOfPower() {
        try (var directory = new FaultDirectory("power-loss")) {
            directory.newExt4(ORIGINAL, DISK_MIB);
            var acknowledged = new BitSet();
            // Nothing can go on from an image that is refused.
            for (int round = 0; round < ROUNDS && refused == 0; round++) {
                acknowledged = runRound(directory, round, acknowledged);
            }
        }
        report("loss of power");
        assertThat(refused).as("refused, -D%s=%d", SEED, seed).isZero();
        assertThat(missing).as("acknowledged and missing, -D%s=%d", SEED, seed).isZero();
        assertThat(images).isEqualTo(ROUNDS * IMAGES_IN_A_ROUND);
        assertThat(checked).isPositive();
    }

    /** The same must fail, or it shows nothing. */
    @Test
    void withoutForcesAcknowledgedWritesAreLost() {
        try (var directory = new FaultDirectory("power-loss-without-forces")) {
            directory.newExt4(ORIGINAL, DISK_MIB);
            var member = directory.start(settings(directory, 0));
            member.ask("write 0 " + random.nextLong());
            member.awaitApplied(WRITES_BEFORE_THE_CONTROL);
            member.ask("stop-forcing");
            for (int i = 0; i < IMAGES_OF_THE_CONTROL; i++) {
                member.awaitApplied(1 + random.nextInt(MAX_WRITES_BETWEEN_IMAGES));
                check(directory, failPower(directory, member, new BitSet()));
            }
        }
        report("loss of power with the forces switched off");
        assertThat(imagesWithLoss + refused)
                .as("images that are not as acknowledged")
                .isPositive();
        assertThat(missing).as("acknowledged and missing").isPositive();
    }

    /** Each round goes on where the last image of the round before was taken. */
    private BitSet runRound(FaultDirectory directory, int round, BitSet before) {
        var member = directory.start(settings(directory, round));
        member.ask("write " + (before.length() + NUMBERS_BETWEEN_ROUNDS) + " " + random.nextLong());
        var acknowledged = before;
        for (int i = 0; i < IMAGES_IN_A_ROUND; i++) {
            member.awaitApplied(1 + random.nextInt(MAX_WRITES_BETWEEN_IMAGES));
            acknowledged = failPower(directory, member, before);
            if (i == IMAGES_IN_A_ROUND - 1) {
                directory.copyImage(COPY, NEXT);
            }
            check(directory, acknowledged);
        }
        member.kill();
        directory.unmount(ORIGINAL);
        directory.copyImage(NEXT, ORIGINAL);
        directory.mount(ORIGINAL);
        return acknowledged;
    }

    /** @return what had been acknowledged before the copy */
    private static BitSet failPower(FaultDirectory directory, MemberProcess member, BitSet before) {
        member.pause();
        try {
            var acknowledged = member.outcomes().applied();
            acknowledged.or(before);
            directory.copyImage(ORIGINAL, COPY);
            return acknowledged;
        } finally {
            member.resume();
        }
    }

    private void check(FaultDirectory directory, BitSet acknowledged) {
        images++;
        acknowledgedInAll = acknowledged.cardinality();
        checked += acknowledgedInAll;
        var mounted = directory.mount(COPY);
        try {
            var recovered = Recovered.from(mounted.resolve("data"));
            var lost = recovered.missing(acknowledged);
            missing += lost.cardinality();
            imagesWithLoss += lost.isEmpty() ? 0 : 1;
            assertThat(recovered.repeated()).as("applied more than once").isZero();
        } catch (ReplicaStartException e) {
            log.info("an image is refused", e);
            refused++;
        } finally {
            directory.unmount(COPY);
            directory.deleteImage(COPY);
        }
    }

    private static Settings settings(FaultDirectory directory, int round) {
        return Settings.alone("member-" + round, directory.resolve(ORIGINAL).resolve("data"))
                .withEntriesBetweenSnapshots(ENTRIES_BETWEEN_SNAPSHOTS);
    }

    private void report(String what) {
        log.info(
                "{}: {} images, {} writes acknowledged, looked for {} times, {} times missing, in {} images; {} images"
                        + " refused; seed {}",
                what,
                images,
                acknowledgedInAll,
                checked,
                missing,
                imagesWithLoss,
                refused,
                seed);
    }
}
