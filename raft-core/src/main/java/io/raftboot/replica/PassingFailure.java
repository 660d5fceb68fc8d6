package io.raftboot.replica;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftboot.api.DiskExhaustedException;
import io.raftboot.api.StateMachineFailureException;
import io.raftboot.api.UnknownCommandException;
import io.raftboot.replica.config.OnFailure;
import io.raftboot.replica.membership.BegunWithoutException;
import io.raftboot.storage.disk.CorruptionException;
import io.raftboot.storage.disk.UnsupportedFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Tells failures that may pass by themselves, so that a member may be started again, from those that can't. */
final class PassingFailure {
    private PassingFailure() {}

    /**
     * Whether a start from a clean opening may find the cause gone: a disk that failed or was full, too little memory or too
     * few threads, a port or a directory that is held. What says that something is wrong for good outweighs that.
     */
    static boolean mayPass(Throwable failure) {
        if (failure instanceof ReplicaStartException start && !mayPass(start.problem())) {
            return false;
        }
        boolean passing = failure instanceof ReplicaStartException;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isLasting(cause)) {
                return false;
            }
            passing |= cause instanceof IOException
                    || cause instanceof UncheckedIOException
                    || cause instanceof OutOfMemoryError
                    || cause instanceof DiskExhaustedException;
        }
        return passing;
    }

    /** Whether a member that has failed in this way is started again without anybody's asking. */
    static boolean comesBack(OnFailure onFailure, Throwable failure) {
        return failure instanceof BegunWithoutException || (onFailure == OnFailure.RESTART && mayPass(failure));
    }

    /** What was wrong with the disk, if that is what the member failed with. */
    static @Nullable String ofTheDisk(@Nullable Throwable failure) {
        String found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StateMachineFailureException) {
                return null;
            }
            boolean disk = cause instanceof IOException || cause instanceof DiskExhaustedException;
            found = disk && found == null ? String.valueOf(cause.getMessage()) : found;
        }
        return found;
    }

    private static boolean mayPass(ReplicaStartException.Problem problem) {
        return switch (problem) {
            case INPUT_OUTPUT, DIRECTORY_LOCKED, PORT_IN_USE, HOST_UNKNOWN, ADDRESS_NOT_LOCAL -> true;
            case DIRECTORY_OF_ANOTHER_MEMBER,
                    DIRECTORY_CORRUPT,
                    DIRECTORY_OF_ANOTHER_VERSION,
                    PEERS_CHANGED,
                    STATE_MACHINE,
                    STATE_OF_ANOTHER,
                    ENTRY_SKIP,
                    REMOVED,
                    STOPPED -> false;
        };
    }

    private static boolean isLasting(Throwable cause) {
        return cause instanceof CorruptionException
                || cause instanceof UnsupportedFormatException
                || cause instanceof InvalidProtocolBufferException
                || cause instanceof UnknownCommandException
                || cause instanceof StateMachineFailureException;
    }
}
