package io.raftboot.autoconfigure.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

class AccessTests {
    private final LocalAccess local = new LocalAccess();

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost, 8080, , true",
        "127.8.8.8, 127.0.0.1, 8080, , true",
        "::1, [::1], 8080, , true",
        "127.0.0.1, LOCALHOST, 0, http://localhost, true",
        "127.0.0.1, localhost, 8080, http://localhost:8080, true",
        "127.0.0.1, localhost, 443, https://localhost, true",
        "10.0.0.7, localhost, 8080, , false",
        "192.168.1.2, localhost, 8080, , false",
        "127.0.0.1, 10.0.0.7, 8080, , false",
        "127.0.0.1, localhost.evil.example, 8080, , false",
        "127.0.0.1, 127.0.0.1.evil.example, 8080, , false",
        "127.0.0.1, '', 8080, , false",
        "127.0.0.1, localhost, 8080, http://localhost:3000, false",
        "127.0.0.1, localhost, 8080, http://localhost, false",
        "127.0.0.1, localhost, 8080, http://evil.example:8080, false",
        "127.0.0.1, localhost, 8080, null, false",
        "127.0.0.1, localhost, 8080, 'a b', false"
    })
    void withoutSecurityOnlyThisMachineWrites(
            String from, String host, int port, @Nullable String origin, boolean served) throws UnknownHostException {
        assertThat(local.check(caller(from, host, port, origin, true)) == null).isEqualTo(served);
    }

    @Test
    void readOfAPageElsewhereIsUpToTheBrowser() throws UnknownHostException {
        assertThat(local.check(caller("127.0.0.1", "localhost", 8080, "http://evil.example", false)))
                .isNull();
    }

    private static Caller caller(String from, String host, int port, @Nullable String origin, boolean write)
            throws UnknownHostException {
        return new Caller(write, InetAddress.getByName(from), null, new Caller.Server(host, port), origin, null);
    }

    @Test
    void callerIsWhoConnectedWhateverFiltersHaveMadeOfTheRequest() {
        var received = new MockHttpServletRequest("GET", "/raft/admin/members");
        received.setRemoteAddr("10.0.0.7");
        received.addHeader("X-Forwarded-For", "127.0.0.1");
        received.setServerName("app.example");
        var believed = new HttpServletRequestWrapper(received) {
            @Override
            public String getRemoteAddr() {
                return "127.0.0.1";
            }

            @Override
            public @Nullable String getHeader(String name) {
                return null;
            }

            @Override
            public String getServerName() {
                return "localhost";
            }
        };
        var caller = ServletCaller.of(believed, null);
        assertThat(caller.isLocal()).isFalse();
        assertThat(caller.forwarding()).contains("X-Forwarded-For");
        assertThat(caller.isServerLocal()).isFalse();
        received.setRemoteAddr("localhost");
        assertThat(ServletCaller.of(received, null).isLocal()).isFalse();
    }

    @Test
    void hostAndPortAreReadFromTheHeader() {
        assertThat(Caller.Server.of("localhost:8080")).isEqualTo(new Caller.Server("localhost", 8080));
        assertThat(Caller.Server.of("[::1]:8080")).isEqualTo(new Caller.Server("[::1]", 8080));
        assertThat(Caller.Server.of("[::1]")).isEqualTo(new Caller.Server("[::1]", 0));
        assertThat(Caller.Server.of("localhost")).isEqualTo(new Caller.Server("localhost", 0));
        assertThat(Caller.Server.of(null)).isEqualTo(new Caller.Server("", 0));
    }

    @ParameterizedTest
    @CsvSource({
        "ROLE_RAFT_ADMIN, 0",
        "RAFT_ADMIN, 0",
        "ROLE_CHIEF, 0",
        "ROLE_USER, 403",
        "ROLE_RAFT_ADMINS, 403",
        "raft_admin, 403"
    })
    void roleIsAnAuthorityOrStandsBehindItsPrefix(String authority, int status) {
        var hierarchy = RoleHierarchyImpl.fromHierarchy("ROLE_CHIEF > ROLE_RAFT_ADMIN");
        var access = new RoleAccess("RAFT_ADMIN", "ROLE_", hierarchy);
        var user = UsernamePasswordAuthenticationToken.authenticated(
                "ada", null, AuthorityUtils.createAuthorityList(authority));
        assertThat(status(access, user)).isEqualTo(status);
    }

    @Test
    void nobodyAndWhoIsNotLoggedInAreNotServed() {
        var access = new RoleAccess("RAFT_ADMIN", "ROLE_", null);
        var roles = AuthorityUtils.createAuthorityList("ROLE_RAFT_ADMIN");
        assertThat(status(access, null)).isEqualTo(401);
        assertThat(status(access, UsernamePasswordAuthenticationToken.unauthenticated("ada", "secret")))
                .isEqualTo(401);
        assertThat(status(access, new AnonymousAuthenticationToken("key", "nobody", roles)))
                .isEqualTo(401);
        assertThat(access.check(new Caller(false, null, null, new Caller.Server("", 0), null, () -> "ada")))
                .isNotNull();
    }

    private static int status(RoleAccess access, @Nullable Authentication user) {
        var denial = access.check(new Caller(false, null, null, new Caller.Server("", 0), null, user));
        return denial == null ? 0 : denial.status();
    }

    @Test
    void valveOfTomcatThatHasTakenTheHeadersAwayIsSeen() {
        var received = new MockHttpServletRequest("GET", "/raft/admin/members");
        received.setRemoteAddr("127.0.0.1");
        assertThat(ServletCaller.of(received, null).forwarding()).isNull();
        received.setAttribute("org.apache.tomcat.request.forwarded", true);
        assertThat(ServletCaller.of(received, null).forwarding()).isEqualTo(Caller.believing());
        assertThat(List.of("Forwarded", "X-Forwarded-Proto", "x-real-ip")).allMatch(Caller::isForwarding);
        assertThat(Caller.isForwarding("Host")).isFalse();
    }
}
