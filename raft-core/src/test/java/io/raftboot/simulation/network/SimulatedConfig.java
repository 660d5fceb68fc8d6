package io.raftboot.simulation.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import java.util.Set;

/** Netty's own, for channels that have no socket of which more could be asked. */
final class SimulatedConfig extends DefaultChannelConfig {
    private static final Set<ChannelOption<?>> OF_KERNELS =
            Set.of(ChannelOption.SO_BACKLOG, ChannelOption.TCP_NODELAY, ChannelOption.SO_KEEPALIVE);

    private final Runnable readingEnds;

    SimulatedConfig(Channel channel, Runnable readingEnds) {
        super(channel);
        this.readingEnds = readingEnds;
        setAllocator(HeapBuffers.ALLOCATOR);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        return OF_KERNELS.contains(option) || super.setOption(option, value);
    }

    @Override
    protected void autoReadCleared() {
        readingEnds.run();
    }
}
