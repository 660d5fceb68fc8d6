package io.raftboot.transport.netty.handshake;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The same host name in letters of another case. For the name system all of them are one name (RFC 4343), and for the cache of the JVM
 * each is another. Any thread.
 */
final class Spellings {
    /** More spellings than are ever asked for. */
    private static final int MAX_LETTERS = 32;

    private final AtomicLong count = new AtomicLong();

    /** The next spelling: never as it is written, and another one each time until the letters allow no more. */
    String another(String host) {
        int letters = (int) host.chars().filter(Spellings::isLetter).count();
        if (letters == 0) {
            return host;
        }
        long spellings = (1L << Math.min(letters, MAX_LETTERS)) - 1;
        long cases = 1 + count.getAndIncrement() % spellings;
        var spelled = new StringBuilder(host);
        for (int at = 0; cases != 0; at++) {
            char letter = spelled.charAt(at);
            if (isLetter(letter)) {
                if ((cases & 1) != 0) {
                    // Bit 5 tells the two cases of a letter of ASCII apart.
                    spelled.setCharAt(at, (char) (letter ^ 0x20));
                }
                cases >>>= 1;
            }
        }
        return spelled.toString();
    }

    private static boolean isLetter(int character) {
        return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    }
}
