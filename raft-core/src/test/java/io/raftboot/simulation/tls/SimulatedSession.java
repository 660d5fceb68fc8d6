package io.raftboot.simulation.tls;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.cert.Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** What is known of a connection, as far as the product asks. */
final class SimulatedSession {
    private SimulatedSession() {}

    static SSLSession of(Supplier<SimulatedTls.@Nullable Side> other) {
        return (SSLSession) Proxy.newProxyInstance(
                SimulatedSession.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) -> answer(method, other.get()));
    }

    private static Object answer(Method method, SimulatedTls.@Nullable Side other) throws SSLPeerUnverifiedException {
        return switch (method.getName()) {
            case "getPacketBufferSize" -> Records.MAX_BYTES;
            case "getApplicationBufferSize" -> Records.MAX_DATA;
            case "getProtocol" -> "TLSv1.3";
            case "getCipherSuite" -> "SIMULATED";
            case "isValid" -> true;
            case "toString" -> "a simulated session";
            case "getPeerCertificates" -> certificates(other);
            default -> throw new UnsupportedOperationException(method.getName() + " of a simulated session");
        };
    }

    private static Certificate[] certificates(SimulatedTls.@Nullable Side other) throws SSLPeerUnverifiedException {
        if (other == null || other.shown() == null) {
            throw new SSLPeerUnverifiedException("no certificate was shown");
        }
        return new Certificate[] {other.shown()};
    }
}
