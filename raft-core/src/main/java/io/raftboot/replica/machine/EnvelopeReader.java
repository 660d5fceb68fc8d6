package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.raft.proto.Entry;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of a group out of its entries. Nearly all are written by this very version for a machine that is here: those are
 * read in place, without a message, nor a text for the names that stand in each. Any other is read as a message. Any thread.
 */
public final class EnvelopeReader {
    private final String group;
    private final Names names;

    /** Names as they stand in envelopes. */
    static final class Names {
        private final ByteString group;
        private final List<Name> machines;

        Names(String group, Collection<String> machines) {
            this.group = ByteString.copyFromUtf8(group);
            this.machines = machines.stream()
                    .map(machine -> new Name(machine, ByteString.copyFromUtf8(machine)))
                    .toList();
        }

        private record Name(String text, ByteString bytes) {}

        boolean isGroup(ByteString bytes) {
            return group.equals(bytes);
        }

        /** Null if there is none. */
        @Nullable
        String machine(ByteString bytes) {
            for (var name : machines) {
                if (name.bytes.equals(bytes)) {
                    return name.text;
                }
            }
            return null;
        }
    }

    /**
     * @param group whose log it is
     * @param machines names of those that are here
     */
    public EnvelopeReader(String group, Collection<String> machines) {
        this.group = group;
        this.names = new Names(group, machines);
    }

    /**
     * The command of an entry that is not empty.
     *
     * @return null if there is none in it that any version of any member would read
     * @throws UnknownCommandException if it is of a newer format, which a newer member reads
     */
    public @Nullable EntryCommand in(Entry entry) {
        var in = entry.getData().newCodedInput();
        in.enableAliasing(true);
        try {
            var command = EntryCommand.read(in, names);
            if (command != null) {
                return command;
            }
        } catch (IOException e) {
            // What can't be read in this way is judged by how a message is read.
        }
        var envelope = Envelopes.in(entry, group);
        return envelope == null ? null : EntryCommand.of(envelope);
    }
}
