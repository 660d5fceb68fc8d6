package io.raftboot.replica.machine;

import io.raftboot.replica.proto.SessionsItem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * The session table of a state machine, captured. Its items are those of the table, which never change, so they are not held
 * a second time.
 */
public record CapturedSessions(String machine, List<SessionsItem> items) implements CapturedSection {
    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (SessionsItem item : items) {
            item.writeDelimitedTo(out);
        }
    }

    @Override
    public void verify(InputStream written) throws IOException {
        for (SessionsItem item : items) {
            if (!item.equals(SessionsItem.parseDelimitedFrom(written))) {
                throw new IOException("a session, or the result of a command in it, is not what was written");
            }
        }
        if (written.read() >= 0) {
            throw new IOException("there is more than was written");
        }
    }

    /** Reads sessions that another member wrote. */
    public static void verifyReceived(InputStream written) throws IOException {
        var item = SessionsItem.parseDelimitedFrom(written);
        while (item != null) {
            if (item.getItemCase() == SessionsItem.ItemCase.ITEM_NOT_SET) {
                throw new IOException("there are sessions of a newer version of the replica; update this member");
            }
            item = SessionsItem.parseDelimitedFrom(written);
        }
    }

    @Override
    public String owner() {
        return "the replica, with the sessions of '" + machine + "',";
    }

    @Override
    public boolean isInterruptible() {
        return true;
    }
}
