package io.raftboot.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyValuesTests {
    private final KeyValues values = new KeyValues();

    @Test
    void storesWhatACommandSaysWhereverItLies() {
        byte[] command = new PutTarget.Put(42, new byte[] {1, 2, 3}, "").command();
        byte[] among = new byte[command.length + 5];
        System.arraycopy(command, 0, among, 3, command.length);

        values.apply(among, 3, command.length);
        assertThat(values.get(42)).containsExactly(1, 2, 3);

        values.apply(ByteBuffer.wrap(new PutTarget.Put(42, new byte[] {4}, "").command()));
        assertThat(values.get(42)).containsExactly(4);
        assertThat(values.size()).isEqualTo(1);
    }

    @Test
    void aSnapshotHasWhatWasThereWhenItWasCopied() throws Exception {
        values.apply(ByteBuffer.wrap(new PutTarget.Put(1, new byte[] {1}, "").command()));
        var copy = values.copy();
        values.apply(ByteBuffer.wrap(new PutTarget.Put(1, new byte[] {2}, "").command()));
        values.apply(ByteBuffer.wrap(new PutTarget.Put(2, new byte[] {3}, "").command()));

        values.readFrom(new DataInputStream(new ByteArrayInputStream(written(copy))));

        assertThat(values.size()).isEqualTo(1);
        assertThat(values.get(1)).containsExactly(1);
    }

    @Test
    void aSnapshotThatIsCutShortIsRefused() throws Exception {
        values.apply(ByteBuffer.wrap(new PutTarget.Put(1, new byte[] {1, 2}, "").command()));
        byte[] whole = written(values);
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);

        assertThatThrownBy(() -> values.readFrom(new DataInputStream(new ByteArrayInputStream(cut))))
                .isInstanceOf(EOFException.class);
    }

    private static byte[] written(KeyValues values) throws Exception {
        var bytes = new ByteArrayOutputStream();
        values.writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
