package io.raftboot.simulation.tls;

import java.security.Provider;
import java.security.SecureRandom;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** Makes engines that show one certificate and believe some issuers. */
final class SimulatedContext extends SSLContext {
    SimulatedContext(SimulatedTls tls, long owner, SimulatedCertificate shown, Set<Integer> trusted) {
        super(new Engines(tls, owner, shown, trusted), new Nobody(), "simulated");
    }

    private static final class Nobody extends Provider {
        private static final long serialVersionUID = 1L;

        Nobody() {
            super("simulated", "1", "TLS of simulations");
        }
    }

    private static final class Engines extends SSLContextSpi {
        private final SimulatedTls tls;
        private final long owner;
        private final SimulatedCertificate shown;
        private final Set<Integer> trusted;

        Engines(SimulatedTls tls, long owner, SimulatedCertificate shown, Set<Integer> trusted) {
            this.tls = tls;
            this.owner = owner;
            this.shown = shown;
            this.trusted = trusted;
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return new SimulatedEngine(tls, owner, shown, trusted);
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return engineCreateSSLEngine();
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
            throw new UnsupportedOperationException("it is made as it is");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw new UnsupportedOperationException("there are engines only");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("there are engines only");
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw new UnsupportedOperationException("no session is resumed");
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw new UnsupportedOperationException("no session is resumed");
        }
    }
}
