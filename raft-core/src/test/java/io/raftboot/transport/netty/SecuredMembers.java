package io.raftboot.transport.netty;

import io.raftboot.transport.LocalMember;
import io.raftboot.transport.PeerDiscovery;
import io.raftboot.transport.netty.Members.Member;
import io.raftboot.transport.tls.PeerNaming;
import io.raftboot.transport.tls.TestAuthority;
import io.raftboot.transport.tls.TestAuthority.Issued;
import io.raftboot.transport.tls.TlsMaterial;
import io.raftboot.transport.tls.TransportSecurity;
import io.raftboot.transport.tls.TransportSecurity.Mode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Members that speak TLS with each other, each with a certificate of its own. */
final class SecuredMembers implements AutoCloseable {
    static final String CLUSTER = "orders";

    /** One for all tests. */
    static final TestAuthority AUTHORITY = new TestAuthority("authority");

    private final List<NettyTransport> started = new ArrayList<>();
    private final Map<Long, TransportSecurity> securities = new HashMap<>();

    static Issued certificate(long id) {
        return AUTHORITY.issue(TestAuthority.uri(CLUSTER, id));
    }

    static TlsMaterial material(long id) {
        return AUTHORITY.material(certificate(id));
    }

    /** What a member shows that is not itself: the transport is told that the certificate is of the other id. */
    static TransportSecurity impostor(Issued issued, long certifiedId, String cluster) {
        return new TransportSecurity(
                Mode.REQUIRED, new PeerNaming(cluster, null, null), certifiedId, List.of(), AUTHORITY.material(issued));
    }

    Member start(long id) throws IOException {
        return start(id, Mode.REQUIRED);
    }

    Member start(long id, Mode mode) throws IOException {
        return start(
                id,
                new TransportSecurity(mode, new PeerNaming(CLUSTER, null, null), id, List.of(), material(id)),
                Members.fast().build());
    }

    /** @param security null for a member without TLS */
    Member start(long id, @Nullable TransportSecurity security, TransportOptions options) throws IOException {
        return start(id, 0, security, options);
    }

    Member start(long id, int port, @Nullable TransportSecurity security, TransportOptions options) throws IOException {
        LocalMember self = Members.identity(id);
        Recorder recorder = new Recorder();
        NettyTransport transport = new NettyTransport(Members.HOST, port, options, PeerDiscovery.NONE, security);
        transport.start(self, recorder);
        started.add(transport);
        if (security != null) {
            securities.put(id, security);
        }
        return new Member(id, transport, recorder);
    }

    TransportSecurity security(Member member) {
        return Objects.requireNonNull(securities.get(member.id()));
    }

    @Override
    public void close() {
        started.forEach(NettyTransport::close);
    }
}
