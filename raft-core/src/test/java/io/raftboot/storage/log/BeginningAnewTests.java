package io.raftboot.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.raftboot.storage.MemberStorage;
import io.raftboot.storage.Members;
import io.raftboot.storage.disk.MemoryDisk;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A directory that was made with the first members of a cluster, and is to be one of a member that joins. */
class BeginningAnewTests {
    private static MemberStorage open(JournalDisk disk) throws Exception {
        return MemberStorage.open(disk, Members.DIRECTORY, Members.FIRST_OF_THREE, Members.smallOptions(7));
    }

    private static MemberStorage open(MemoryDisk disk) throws Exception {
        return MemberStorage.open(disk, Members.DIRECTORY, Members.FIRST_OF_THREE, Members.smallOptions(8));
    }

    @Test
    void directoryIsOneOfAMemberThatJoinsOnceItIsClosed() throws Exception {
        var disk = new MemoryDisk();
        long incarnation;
        long clusterId;
        try (var first = open(disk)) {
            incarnation = first.identity().incarnation();
            clusterId = first.identity().clusterId();
            first.beginRun(true);
            first.joinNext();
            assertThat(first.identity().joined()).isFalse();
        }
        try (var second = open(disk)) {
            assertThat(second.identity().joined()).isTrue();
            assertThat(second.identity().incarnation()).isNotEqualTo(incarnation);
            assertThat(second.identity().clusterId()).isEqualTo(clusterId);
            assertThat(second.identity().runs()).isZero();
            assertThat(second.reader().lastIndex()).isZero();
            assertThat(second.reader().initialState().confState().getVotersCount())
                    .isZero();
            assertThat(second.openedAtBeginning()).isFalse();
            assertThatIllegalStateException().isThrownBy(second::joinNext);
        }
    }

    @Test
    void directoryThatGotAnEntryMeanwhileStaysWhatItIs() throws Exception {
        var disk = new MemoryDisk();
        long incarnation;
        try (var first = open(disk)) {
            incarnation = first.identity().incarnation();
            first.joinNext();
            Members.append(first, LogWrite.entries(Members.hardState(2, 1, 1), Members.entries(2, 2, 1, 100)));
        }
        try (var second = open(disk)) {
            assertThat(second.identity().incarnation()).isEqualTo(incarnation);
            assertThat(second.identity().joined()).isFalse();
            assertThat(second.reader().lastIndex()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(JournalDisk.Crash.class)
    void whoDiesMeanwhileFindsAWholeDirectoryOfTheOneKindOrTheOther(JournalDisk.Crash crash) throws Exception {
        var disk = new JournalDisk();
        int from;
        try (var first = open(disk)) {
            first.joinNext();
            from = disk.operations().size();
        }
        boolean joined = false;
        for (int operations = from; operations <= disk.operations().size(); operations++) {
            for (int variant = 0; variant < 3; variant++) {
                var left = disk.after(operations, crash, new Random(variant));
                try (var second = open(left)) {
                    joined = second.identity().joined();
                    assertThat(second.reader().lastIndex())
                            .as("after operation %d", operations)
                            .isEqualTo(joined ? 0 : 1);
                }
                try (var third = open(left)) {
                    assertThat(third.identity().joined()).isEqualTo(joined);
                }
            }
        }
        assertThat(joined).as("at the end").isTrue();
        assertThat(disk.operations().size() - from).isGreaterThan(10);
    }
}
