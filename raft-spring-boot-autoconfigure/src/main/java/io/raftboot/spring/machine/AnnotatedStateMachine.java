package io.raftboot.spring.machine;

import io.raftboot.api.CommandContext;
import io.raftboot.api.SnapshotWriter;
import io.raftboot.api.StateMachine;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.spring.RaftCodec;
import io.raftboot.spring.ResultEncodingException;
import io.raftboot.spring.call.CallFormat;
import io.raftboot.spring.call.RaftMethod;
import io.raftboot.spring.call.StateMachineDefinition;
import io.raftboot.spring.call.ValueFormat;
import io.raftboot.spring.payload.WrittenState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StreamUtils;

/** The methods of an annotated bean as a {@link StateMachine}. Calls the raw bean, never its proxy. */
public final class AnnotatedStateMachine implements StateMachine {
    private final StateMachineDefinition definition;
    private final Object target;
    private final Supplier<RaftCodec> codec;
    private final WrittenState written = new WrittenState();

    /** @param codec asked at the first use, when all beans are there */
    public AnnotatedStateMachine(StateMachineDefinition definition, Object target, Supplier<RaftCodec> codec) {
        this.definition = definition;
        this.target = target;
        this.codec = codec;
    }

    public StateMachineDefinition definition() {
        return definition;
    }

    @Override
    public byte[] apply(CommandContext context, byte[] command) throws Exception {
        CallFormat.Decoded call;
        try {
            call = CallFormat.decode(command, definition.commands(), codec.get());
        } catch (RuntimeException e) {
            // Another member's newer program may understand it: to skip it here would let the states drift apart.
            throw new StateMachineFailureException(
                    "the command at index " + context.index() + " is none that the state machine '" + definition.name()
                            + "' understands (" + e.getMessage()
                            + "); start this member with a version of the application that does",
                    e);
        }
        return CommandContext.within(definition.name(), () -> {
            Object result = call.method().invoke(target, call.arguments());
            return encodeResult(result, call.method(), "the command was applied, but its result can't be encoded: ");
        });
    }

    @Override
    public Set<String> commandNames() {
        return definition.commands().namesWithVersions();
    }

    @Override
    public String commandName(InputStream command) throws IOException {
        return CallFormat.nameWithVersion(command);
    }

    @Override
    public byte[] query(byte[] query) throws Exception {
        var call = CallFormat.decode(query, definition.queries(), codec.get());
        return CommandContext.within(
                definition.name(),
                () -> encodeResult(
                        call.method().invoke(target, call.arguments()),
                        call.method(),
                        "the query's result can't be encoded: "));
    }

    @Override
    public SnapshotWriter snapshot() {
        RaftMethod save = definition.snapshot();
        if (save == null) {
            throw new IllegalStateException(
                    "the state machine '" + definition.name() + "' has no @RaftSnapshot method");
        }
        return written.remembering(captured(save, codec.get()::write));
    }

    @Override
    public @Nullable SnapshotWriter canonicalState() {
        RaftMethod save = definition.snapshot();
        return save == null || !definition.saved().comparable() ? null : captured(save, codec.get()::writeCanonical);
    }

    /** A way in which the codec writes a state. */
    @FunctionalInterface
    private interface Form {
        void write(@Nullable Object state, Type type, OutputStream out) throws IOException;
    }

    private SnapshotWriter captured(RaftMethod save, Form form) {
        try {
            return CommandContext.within(definition.name(), () -> {
                Object state = save.invoke(target);
                return definition.saved().detached()
                        ? out -> form.write(state, save.resultType(), StreamUtils.nonClosing(out))
                        : encoded(state, save, form);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(save.describe() + " failed: " + e, e);
        }
    }

    /** Encoded here and now: the state may go on changing with the next command. */
    private static SnapshotWriter encoded(@Nullable Object state, RaftMethod save, Form form) throws IOException {
        var encoded = new EncodedState();
        form.write(state, save.resultType(), encoded);
        return encoded;
    }

    @Override
    public void restore(InputStream snapshot) throws IOException {
        RaftMethod restore = definition.restore();
        if (restore == null) {
            throw new IOException("the state machine '" + definition.name()
                    + "' has no @RaftRestore method, but there is a snapshot of it to restore");
        }
        try {
            Object state =
                    codec.get().read(snapshot, restore.parameters().get(0).type());
            CommandContext.within(definition.name(), () -> restore.invoke(target, state));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(restore.describe() + " failed to restore a snapshot: " + e, e);
        }
    }

    /** A state in bytes has nothing to verify but its checksum, and the file has that. */
    @Override
    public void verify(InputStream snapshot) throws IOException {
        RaftMethod restore = definition.restore();
        if (restore != null && restore.parameters().get(0).type() != byte[].class) {
            written.verify(snapshot, in -> codec.get()
                    .verify(in, restore.parameters().get(0).type()));
        }
    }

    @Override
    public boolean hasSnapshots() {
        return definition.snapshot() != null;
    }

    /**
     * Says no before anything is proposed to a command that could not be applied: once in the log, one that no member understands
     * stops them all.
     *
     * @throws IllegalArgumentException naming the operation or the parameter
     */
    void check(byte[] command) {
        var unused = CallFormat.decode(command, definition.commands(), codec.get());
    }

    /** What is inside, if that is an annotated bean. */
    public static @Nullable AnnotatedStateMachine in(@Nullable StateMachine machine) {
        @Nullable StateMachine inner = machine;
        while (inner instanceof WrappedStateMachine outer) {
            inner = outer.wrapped();
        }
        return inner instanceof AnnotatedStateMachine annotated ? annotated : null;
    }

    private byte[] encodeResult(@Nullable Object result, RaftMethod method, String trouble) {
        try {
            return ValueFormat.encode(result, method.resultType(), codec.get()).toBytes();
        } catch (IOException | RuntimeException e) {
            throw new ResultEncodingException(trouble + e.getMessage(), e);
        }
    }
}
