package io.raftboot.autoconfigure.discovery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.core.env.Environment;

/** The name of this process's host. */
final class HostName {
    /** Variable that containers have it in. */
    private static final String VARIABLE = "HOSTNAME";

    private HostName() {}

    static String of(DiscoveryProperties.Dns dns, Environment environment) {
        if (dns.hostName() != null) {
            return dns.hostName();
        }
        String said = environment.getProperty(VARIABLE);
        return said == null || said.isBlank() ? ofMachine() : said;
    }

    private static String ofMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // What stands before the first colon of the message is the name, which only has no address.
            return String.valueOf(e.getMessage()).split(":", -1)[0];
        }
    }
}
