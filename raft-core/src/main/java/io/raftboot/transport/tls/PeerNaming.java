package io.raftboot.transport.tls;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate speaks for which member. One with a URI {@code spiffe://<trust domain>/raft/<cluster>/<id>} among its alternative
 * names speaks for that member of that cluster, and is judged by that alone. One without speaks for whoever has one of its names; a name
 * with a wildcard is nobody's. Where a connection comes from counts for nothing, nor does the common name of the subject.
 *
 * @param clusterName name of the cluster that this member is of
 * @param trustDomain the one that a URI must have; null for any
 * @param namePattern what a name must be, with {@code {id}}, {@code {host}} and {@code {cluster}} for those of the member; null for its
 *     host
 */
public record PeerNaming(String clusterName, @Nullable String trustDomain, @Nullable String namePattern) {
    private static final String SCHEME = "spiffe://";
    private static final String RAFT = "raft";
    private static final String ID = "{id}";
    private static final String HOST = "{host}";
    private static final String CLUSTER = "{cluster}";
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";

    /** Nothing that could be a name, which would be looked up. */
    private static final Pattern ADDRESS =
            Pattern.compile("(" + BYTE + "\\.){3}" + BYTE + "|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

    /** Kinds of alternative names, as X.509 numbers them. */
    private static final int DNS_NAME = 2;

    private static final int URI = 6;
    private static final int IP_ADDRESS = 7;

    /** @throws TlsSettingsException if the trust domain is none, or a pattern would give several members the same name */
    public PeerNaming {
        if (trustDomain != null && !TRUST_DOMAIN.matcher(trustDomain).matches()) {
            throw new TlsSettingsException(
                    "the trust domain " + trustDomain + " is none",
                    "Write what stands behind spiffe:// in the certificates, in small letters, for example example.org, or leave it"
                            + " out.");
        }
        if (namePattern != null) {
            String rest = namePattern.replace(ID, "").replace(HOST, "").replace(CLUSTER, "");
            if (rest.contains("{") || rest.contains("}") || rest.contains("*") || rest.contains(" ")) {
                throw new TlsSettingsException(
                        "the pattern " + namePattern + " has something in it that is in no name",
                        "Write a name with {id}, {host} and {cluster} in it, for example node{id}.example.org.");
            }
            if (!namePattern.contains(ID) && !namePattern.contains(HOST)) {
                throw new TlsSettingsException(
                        "the pattern " + namePattern
                                + " is the same name for all members: each could speak for any other",
                        "Write {id} or {host} into it, for example node{id}.example.org.");
            }
        }
    }

    /**
     * Why a certificate does not speak for a member, for an operator, as in "its certificate …"; null if it does.
     *
     * @param hosts where the member is reached, as configured or as its group knows; empty if that is not known
     */
    public @Nullable String objection(X509Certificate certificate, long nodeId, Collection<String> hosts) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return "its certificate has names that can't be read: " + e.getMessage();
        }
        List<String> uris = new ArrayList<>();
        Set<String> others = new TreeSet<>();
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            int kind = (Integer) name.get(0);
            String value = String.valueOf(name.get(1));
            if (kind == URI && isRaft(value)) {
                uris.add(value);
            } else if (kind == DNS_NAME || kind == IP_ADDRESS) {
                others.add(normal(value));
            }
        }
        return uris.isEmpty() ? byName(others, nodeId, hosts) : byUri(uris, nodeId);
    }

    /** Whether what a member is called follows from where it is reached, for those whose certificate has no URI. */
    boolean needsHost() {
        return namePattern == null || namePattern.contains(HOST);
    }

    /** Whether a certificate is judged by a URI. */
    static boolean hasUri(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(name -> (Integer) name.get(0) == URI && isRaft(String.valueOf(name.get(1))));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static boolean isRaft(String uri) {
        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        String[] parts = parts(uri);
        return parts.length > 1 && parts[1].equals(RAFT);
    }

    /** The trust domain and the segments of the path. */
    private static String[] parts(String uri) {
        return uri.substring(SCHEME.length()).split("/", -1);
    }

    private @Nullable String byUri(List<String> uris, long nodeId) {
        if (uris.stream().anyMatch(uri -> isOf(parts(uri), nodeId))) {
            return null;
        }
        return "its certificate is " + String.join(" and ", uris) + ", and not of member " + nodeId + " of cluster "
                + clusterName + (trustDomain == null ? "" : " in the trust domain " + trustDomain);
    }

    private boolean isOf(String[] parts, long nodeId) {
        boolean domain = trustDomain == null
                ? !parts[0].isEmpty()
                : parts[0].toLowerCase(Locale.ROOT).equals(trustDomain);
        return domain
                && parts.length == 4
                && clusterName.equals(decoded(parts[2]))
                && parts[3].equals(Long.toString(nodeId));
    }

    private static @Nullable String decoded(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private @Nullable String byName(Set<String> names, long nodeId, Collection<String> hosts) {
        Set<String> expected = expected(nodeId, hosts);
        String uri = SCHEME + (trustDomain == null ? "<trust domain>" : trustDomain) + "/" + RAFT + "/" + clusterName
                + "/" + nodeId;
        if (expected.isEmpty()) {
            return "its certificate has no URI " + uri + ", and what else member " + nodeId
                    + " would be called is not known here: issue it with that URI, or set raft.transport.ssl.peer-name to a pattern"
                    + " with {id}";
        }
        return expected.stream().map(PeerNaming::normal).anyMatch(names::contains)
                ? null
                : "its certificate is of " + (names.isEmpty() ? "no name" : String.join(", ", names)) + ", and not of "
                        + String.join(" or ", expected) + ", which is member " + nodeId + "; nor has it the URI " + uri;
    }

    private Set<String> expected(long nodeId, Collection<String> hosts) {
        String pattern = (namePattern == null ? HOST : namePattern)
                .replace(ID, Long.toString(nodeId))
                .replace(CLUSTER, clusterName);
        if (!pattern.contains(HOST)) {
            return Set.of(pattern);
        }
        Set<String> expected = new TreeSet<>();
        hosts.forEach(host -> expected.add(pattern.replace(HOST, host)));
        return expected;
    }

    /** The same for all ways to write a name, or an address. */
    private static String normal(String name) {
        if (ADDRESS.matcher(name).matches()) {
            try {
                return Arrays.toString(InetAddress.getByName(name).getAddress());
            } catch (UnknownHostException e) {
                return name;
            }
        }
        String small = name.toLowerCase(Locale.ROOT);
        return small.endsWith(".") ? small.substring(0, small.length() - 1) : small;
    }
}
