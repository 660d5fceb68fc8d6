package io.raftboot.autoconfigure.http;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * Serves who has a role by the application's own security. This adds no filter chain, and knows of no session: a caller whom the
 * application's filters have not seen is nobody.
 */
final class RoleAccess implements AdminAccess {
    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
    private final String role;
    private final String prefix;
    private final @Nullable RoleHierarchy hierarchy;

    /**
     * @param prefix of the authorities that are roles
     * @param hierarchy of roles, if the application has one
     */
    RoleAccess(String role, String prefix, @Nullable RoleHierarchy hierarchy) {
        this.role = role;
        this.prefix = prefix;
        this.hierarchy = hierarchy;
    }

    @Override
    public @Nullable Denial check(Caller caller) {
        if (!(caller.user() instanceof Authentication user) || !user.isAuthenticated() || trust.isAnonymous(user)) {
            return new Denial(401, "nobody is known to have sent this; log in as one who has the role " + role);
        }
        return has(user)
                ? null
                : new Denial(403, "'" + user.getName() + "' does not have the role " + role + " (raft.admin.role)");
    }

    private boolean has(Authentication user) {
        Collection<? extends GrantedAuthority> held = user.getAuthorities();
        return (hierarchy == null ? held : hierarchy.getReachableGrantedAuthorities(held))
                .stream()
                        .map(GrantedAuthority::getAuthority)
                        .anyMatch(authority -> role.equals(authority) || (prefix + role).equals(authority));
    }
}
