package io.raftboot.replica;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Prints what the courses of some seeds come to, a line each: {@code WiredCampaign FIRST LAST}. */
final class WiredCampaign {
    private WiredCampaign() {}

    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        int failed = 0;
        for (long seed = Long.parseLong(args[0]); seed <= Long.parseLong(args[1]); seed++) {
            try {
                System.out.println(seed + " " + WiredCourse.run(seed));
            } catch (AssertionError e) {
                failed++;
                System.out.println(seed + " failed: " + e.getMessage() + "\n" + e.getCause());
            }
        }
        System.out.println(failed + " failed");
    }
}
