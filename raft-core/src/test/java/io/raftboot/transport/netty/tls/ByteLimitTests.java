package io.raftboot.transport.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** A stranger that sends more than a handshake takes. */
class ByteLimitTests {
    private static final int KILOBYTES = ByteLimit.MAX_BYTES / 1024;

    @Test
    void bytesBeforeTheIntroductionAreCounted() {
        var excess = new ArrayList<String>();
        var channel = new EmbeddedChannel(new ByteLimit(() -> excess.add("too long")));
        for (int i = 0; i < KILOBYTES; i++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[1024]));
        }
        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.inboundMessages()).hasSize(KILOBYTES);
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(channel.isOpen()).isFalse();
        assertThat(excess).containsExactly("too long");
        assertThat(channel.inboundMessages()).hasSize(KILOBYTES);
        channel.releaseInbound();
    }
}
