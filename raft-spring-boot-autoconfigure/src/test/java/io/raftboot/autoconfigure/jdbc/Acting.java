package io.raftboot.autoconfigure.jdbc;

import io.raftboot.api.CommandContext;
import javax.sql.DataSource;

/** Writes a word, and then does what a test wants; before it answers a query as well. */
final class Acting extends Words {
    Act then = () -> {};

    Acting(DataSource dataSource) {
        super(dataSource);
    }

    /** What a test wants. */
    interface Act {
        void run() throws Exception;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        byte[] result = super.apply(context, command);
        then.run();
        return result;
    }

    @Override
    public byte[] query(byte[] query) {
        try {
            then.run();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return super.query(query);
    }
}
