package io.raftboot.replica.divergence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Hash64Tests {
    private static final long EMPTY = 2371242760806348103L;
    private static final long THREE_BYTES = 7543721405469313496L;
    private static final long TEXT_AND_NUMBER = -8108380090589474213L;

    private static Hash64 of(byte[] bytes) {
        var hash = new Hash64();
        hash.write(bytes, 0, bytes.length);
        return hash;
    }

    /** Members of another version compare with these. */
    @Test
    void hashIsTheSameInEveryVersion() {
        assertThat(new Hash64().value()).isEqualTo(EMPTY);
        assertThat(of(new byte[] {1, 2, 3}).value()).isEqualTo(THREE_BYTES);
        assertThat(new Hash64().add("raft").add(-7).value()).isEqualTo(TEXT_AND_NUMBER);
    }

    @Test
    void piecesInWhichItIsWrittenMakeNoDifference() {
        var random = new SplittableRandom(3);
        for (int run = 0; run < 200; run++) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            var pieces = new Hash64();
            for (int at = 0; at < bytes.length; ) {
                int count = Math.min(bytes.length - at, random.nextInt(20));
                if (count == 1) {
                    pieces.write(bytes[at]);
                } else {
                    pieces.write(bytes, at, count);
                }
                at += count;
            }
            assertThat(pieces.value()).isEqualTo(of(bytes).value());
        }
    }

    @Test
    void everyBitAndEveryByteMoreMatters() {
        var seen = new HashSet<Long>();
        for (int length = 0; length <= 40; length++) {
            assertThat(seen.add(of(new byte[length]).value())).isTrue();
            for (int bit = 0; bit < length * 8; bit++) {
                byte[] bytes = new byte[length];
                bytes[bit / 8] = (byte) (1 << bit % 8);
                assertThat(seen.add(of(bytes).value())).isTrue();
            }
        }
    }

    @Test
    void twoTextsAreNotThoseThatReadAlikeTogether() {
        assertThat(new Hash64().add("ab").add("c").value())
                .isNotEqualTo(new Hash64().add("a").add("bc").value());
    }
}
