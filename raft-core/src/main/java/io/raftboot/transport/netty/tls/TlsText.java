package io.raftboot.transport.netty.tls;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What became of a handshake, in the words of an operator. */
public final class TlsText {
    private static final int MAX_CAUSES = 8;

    private TlsText() {}

    /** The failure of TLS within what a handler was thrown; null if it is none. */
    public static @Nullable SSLException failureIn(Throwable thrown) {
        Throwable cause = thrown instanceof DecoderException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return cause instanceof SSLException failure ? failure : null;
    }

    /** Whether the other side is only gone, of which nothing is to be said. */
    public static boolean isLoss(Throwable failure) {
        Throwable root = root(failure);
        return root instanceof IOException && !(root instanceof SSLException);
    }

    /** Goes on from "the other side" or from where it is. */
    public static String of(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "does not speak TLS, which is required here; while a cluster goes over to it, raft.transport.ssl.mode=permissive"
                    + " accepts both";
        }
        String message = String.valueOf(failure.getMessage());
        if (message.contains("fatal alert")) {
            return "ended TLS: " + message
                    + "; it may not accept the certificate of this member, or has no protocol or cipher"
                    + " in common with it";
        }
        return "failed in TLS: " + withRoot(failure, message);
    }

    /** The outermost says what was done, the innermost what is wrong. */
    private static String withRoot(Throwable failure, String message) {
        Throwable root = root(failure);
        String reason = root.getMessage();
        return reason == null || message.contains(reason) ? message : message + ": " + reason;
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (int i = 0; i < MAX_CAUSES && root.getCause() != null; i++) {
            root = root.getCause();
        }
        return root;
    }
}
