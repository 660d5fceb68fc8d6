package io.raftboot.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CallFrameTests {
    @Test
    void comesBackAsItWas() {
        CallFrame frame = CallFrame.parse(new CallFrame("größe", 7, ByteBuffer.wrap(new byte[] {1, 2})).toBytes());
        assertThat(frame.operation()).isEqualTo("größe");
        assertThat(frame.commandVersion()).isEqualTo(7);
        assertThat(frame.arguments()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
    }

    @Test
    void everyShorterHeaderIsRefused() {
        byte[] whole = new CallFrame("add", 1, ByteBuffer.allocate(0)).toBytes();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIllegalArgumentException().isThrownBy(() -> CallFrame.parse(cut));
        }
    }

    @Test
    void anotherFormatIsRefused() {
        byte[] other = new CallFrame("add", 1, ByteBuffer.allocate(0)).toBytes();
        other[0] = 2;
        assertThatIllegalArgumentException().isThrownBy(() -> CallFrame.parse(other));
    }
}
