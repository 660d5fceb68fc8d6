package io.raftboot.spring.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EncodedStateTests {
    private static final long SEED = Long.getLong("seed", 20261122L);
    private static final int MAX_WRITE = 200_000;

    @Test
    void comesOutAsItWasWritten() throws IOException {
        Random random = new Random(SEED);
        var state = new EncodedState();
        var expected = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            byte[] some = new byte[random.nextInt(MAX_WRITE)];
            random.nextBytes(some);
            int offset = random.nextInt(some.length + 1);
            state.write(some, offset, some.length - offset);
            expected.write(some, offset, some.length - offset);
            state.write(i);
            expected.write(i);
        }
        var out = new ByteArrayOutputStream();
        state.writeTo(out);
        assertThat(out.toByteArray()).as("seed %d", SEED).isEqualTo(expected.toByteArray());
    }

    @Test
    void nothingIsNothing() throws IOException {
        var out = new ByteArrayOutputStream();
        new EncodedState().writeTo(out);
        assertThat(out.size()).isZero();
    }
}
