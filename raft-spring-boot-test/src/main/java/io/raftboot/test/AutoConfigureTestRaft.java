package io.raftboot.test;

import io.raftboot.replica.config.StorageKind;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says what member the application context of a test has, where the default does not fit. By default, with this module on the
 * class path and no annotation at all, it is a cluster of one, whatever peers the application names: its log is in memory,
 * its data directory a temporary one of that context, it opens no port, and its intervals are short. Properties of the test
 * itself go first.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AutoConfigureTestRaft {
    /** What of the application's member is replaced. */
    Replace replace() default Replace.ANY;

    /** Place of the log; with {@link StorageKind#WAL} in the context's temporary directory, each write forced to disk. */
    StorageKind storage() default StorageKind.MEMORY;

    /** What can be replaced. */
    enum Replace {
        /** Peers, network, storage, directory and intervals. */
        ANY,
        /** Nothing: the member is as the application's properties say. */
        NONE
    }
}
