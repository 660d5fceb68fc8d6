package io.raftboot.simulation.network;

import io.netty.channel.ChannelId;

/** The id of a channel that is the same in each run, where Netty's own are drawn. */
record NumberedId(long number) implements ChannelId {
    private static final long serialVersionUID = 1L;

    @Override
    public String asShortText() {
        return Long.toString(number);
    }

    @Override
    public String asLongText() {
        return asShortText();
    }

    @Override
    public int compareTo(ChannelId other) {
        return asShortText().compareTo(other.asShortText());
    }
}
