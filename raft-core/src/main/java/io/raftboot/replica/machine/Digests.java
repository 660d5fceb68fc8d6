package io.raftboot.replica.machine;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Short names for long bytes. */
final class Digests {
    private Digests() {}

    static ByteString sha256(ByteString bytes) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            bytes.asReadOnlyByteBufferList().forEach(sha256::update);
            return ByteString.copyFrom(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
