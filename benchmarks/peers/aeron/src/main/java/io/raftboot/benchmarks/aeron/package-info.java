/**
 * A member of Aeron Cluster: media driver, archive, consensus module and service, all in this process, and a client of the
 * cluster beside them, which is how load comes in.
 */
@NullMarked
package io.raftboot.benchmarks.aeron;

import org.jspecify.annotations.NullMarked;
