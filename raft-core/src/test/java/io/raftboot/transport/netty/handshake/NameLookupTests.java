package io.raftboot.transport.netty.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.raftboot.agent.AgentHost;
import io.raftboot.transport.ErrorGuard;
import io.raftboot.transport.netty.wire.GuardedLoop;
import io.raftboot.transport.netty.wire.Sockets;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names that come, and that move, behind a cache that keeps each answer for ever. */
class NameLookupTests {
    private final NamesBehindACache names = new NamesBehindACache();
    private final NameLookup lookup = new NameLookup(Runnable::run, names);

    private String found(boolean anew) {
        return lookup.lookUp("node.example", anew).join()[0].getHostAddress();
    }

    @Test
    void nameThatWasNotThereIsFoundOnceItIs() {
        assertThatThrownBy(() -> found(false)).hasCauseInstanceOf(UnknownHostException.class);
        names.known.put("node.example", "10.0.0.1");
        assertThatThrownBy(() -> found(false)).hasCauseInstanceOf(UnknownHostException.class);
        assertThat(found(true)).isEqualTo("10.0.0.1");
    }

    @Test
    void nameThatMovedIsFoundWhereItIs() {
        names.known.put("node.example", "10.0.0.1");
        assertThat(found(false)).isEqualTo("10.0.0.1");
        names.known.put("node.example", "10.0.0.2");
        assertThat(found(false)).isEqualTo("10.0.0.1");
        assertThat(found(true)).isEqualTo("10.0.0.2");
        names.known.put("node.example", "10.0.0.3");
        assertThat(found(true)).isEqualTo("10.0.0.3");
    }

    @Test
    void whereCaseMeansSomethingTheNameIsAskedForAsItIsWritten() {
        names.caseMeansSomething = true;
        names.known.put("node.example", "10.0.0.1");
        assertThat(found(true)).isEqualTo("10.0.0.1");
    }

    @Test
    void addressIsNoName() {
        assertThat(lookup.lookUp("10.9.8.7", true).join()[0].getHostAddress()).isEqualTo("10.9.8.7");
        assertThat(names.cache).isEmpty();
    }

    private static final class NamesBehindACache implements Sockets {
        final Map<String, String> known = new HashMap<>();
        final Map<String, Optional<String>> cache = new HashMap<>();
        boolean caseMeansSomething;

        @Override
        public InetAddress[] addresses(String host) throws UnknownHostException {
            var asked = caseMeansSomething ? host : host.toLowerCase(Locale.ROOT);
            var address = cache.computeIfAbsent(host, any -> Optional.ofNullable(known.get(asked)));
            if (address.isEmpty()) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {InetAddress.getByName(address.get())};
        }

        @Override
        public GuardedLoop loop(AgentHost host, String name, ErrorGuard guard) {
            throw new AssertionError("nothing runs here");
        }

        @Override
        public Channel connecting() {
            throw new AssertionError("nothing is connected here");
        }

        @Override
        public ServerChannel listening() {
            throw new AssertionError("nobody listens here");
        }

        @Override
        public void probe(InetSocketAddress address) {
            throw new AssertionError("nobody listens here");
        }
    }
}
