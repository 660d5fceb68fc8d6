package io.raftboot.console.cluster;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Who may log in, and as what: ada looks after the cluster, bob only uses it. Any thread. */
public final class Logins {
    /** That of everybody. */
    public static final String PASSWORD = "secret";

    private final Map<String, String> roles = new ConcurrentHashMap<>(Map.of("ada", "RAFT_ADMIN", "bob", "USER"));

    /** From the next request on. */
    public void setRole(String name, String role) {
        roles.put(name, role);
    }

    UserDetails find(String name) {
        String role = roles.get(name);
        if (role == null) {
            throw new UsernameNotFoundException(name);
        }
        return User.withUsername(name).password("{noop}" + PASSWORD).roles(role).build();
    }
}
