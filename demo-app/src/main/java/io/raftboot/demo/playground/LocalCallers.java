package io.raftboot.demo.playground;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to a demo that runs three members in one process: it listens on 127.0.0.1, so callers are on this machine, and left to be
 * turned away are pages of elsewhere in a browser on it. A page whose name somebody has pointed here names that in {@code Host}; any
 * other names itself in {@code Origin}, and its browser in {@code Sec-Fetch-Site}. No answer has a header that opens it to other pages.
 */
final class LocalCallers {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private LocalCallers() {}

    /** Why a request is not served, with what to do; null for one that is. */
    static @Nullable String whyNot(PageRequest request) {
        String host = request.header("Host");
        if (host == null || !isLocal(host)) {
            return "the request is to the host '" + (host == null ? "" : host)
                    + "', and may come from a page elsewhere whose name leads here; write localhost or 127.0.0.1";
        }
        if (READS.contains(request.method())) {
            return null;
        }
        String origin = request.header("Origin");
        if (origin != null && !origin.equalsIgnoreCase("http://" + host)) {
            return "the request comes from a page of '" + origin + "', not of this demo at http://" + host;
        }
        String site = request.header("Sec-Fetch-Site");
        if (site != null && !OWN_SITES.contains(site)) {
            return "the request comes from a page of another site (Sec-Fetch-Site: " + site + ")";
        }
        return null;
    }

    private static boolean isLocal(String header) {
        String host = header.strip().toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", "");
        return host.equals("localhost") || host.matches("127(\\.[0-9]{1,3}){3}") || host.equals("[::1]");
    }
}
