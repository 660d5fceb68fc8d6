package io.raftboot.benchmarks.sofajraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.raftboot.benchmarks.load.KeyValues;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The map of all benchmarks. */
final class KeyValueMachine extends StateMachineAdapter {
    private static final Logger log = LoggerFactory.getLogger(KeyValueMachine.class);
    private static final String FILE = "values";

    private final KeyValues values;

    /** @param values what commands change; read by others */
    KeyValueMachine(KeyValues values) {
        this.values = values;
    }

    @Override
    public void onApply(Iterator commands) {
        while (commands.hasNext()) {
            // A view, because the buffer is the log's, which may have to send it yet.
            values.apply(commands.getData().duplicate());
            var done = commands.done();
            if (done != null) {
                done.run(Status.OK());
            }
            commands.next();
        }
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        var captured = values.copy();
        var thread = new Thread(() -> done.run(save(captured, writer)), "snapshot");
        thread.setDaemon(true);
        thread.start();
    }

    private static Status save(KeyValues captured, SnapshotWriter writer) {
        var file = Path.of(writer.getPath(), FILE);
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            captured.writeTo(out);
        } catch (IOException e) {
            return new Status(RaftError.EIO, "%s", e.toString());
        }
        return writer.addFile(FILE) ? Status.OK() : new Status(RaftError.EIO, "%s is not taken", FILE);
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        var file = Path.of(reader.getPath(), FILE);
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            values.readFrom(in);
            return true;
        } catch (IOException e) {
            log.error("the snapshot can't be read", e);
            return false;
        }
    }
}
