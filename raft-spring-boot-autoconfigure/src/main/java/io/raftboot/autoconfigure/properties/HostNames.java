package io.raftboot.autoconfigure.properties;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells what can't be the name or address of a host, before a start waits for it to become known. */
final class HostNames {
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]+(%\\w+)?");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern OCTET = Pattern.compile("0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5]");
    private static final int OCTETS = 4;
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 253;

    private HostNames() {}

    static boolean isMalformed(String host) {
        if (host.indexOf(':') >= 0) {
            return !IPV6.matcher(host).matches();
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (name.length() > LONGEST_NAME) {
            return true;
        }
        String[] labels = name.split("\\.", -1);
        boolean address = NUMBERS.matcher(name).matches();
        for (String label : labels) {
            if (address ? !OCTET.matcher(label).matches() : isMalformedLabel(label)) {
                return true;
            }
        }
        return address && labels.length != OCTETS;
    }

    /** The same for two spellings of one host, as far as that can be told without asking anybody. */
    static String spelling(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (IPV6.matcher(name).matches() && name.indexOf(':') >= 0) {
            try {
                // What has a colon is an address, and not looked up.
                return InetAddress.getByName(name).getHostAddress();
            } catch (UnknownHostException e) {
                return name;
            }
        }
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.equals("localhost") ? "127.0.0.1" : plain;
    }

    private static boolean isMalformedLabel(String label) {
        return label.isEmpty()
                || label.length() > LONGEST_LABEL
                || label.startsWith("-")
                || label.endsWith("-")
                || label.indexOf('[') >= 0
                || label.indexOf(']') >= 0;
    }
}
