/**
 * A campaign of real processes: members with disks and sockets of their own, killed, paused, cut off, moved in time, restarted
 * and exchanged while clients write and read. Comes in: settings and a seed. Goes out: a report, with what the check of the
 * clients' history has found. Owns the processes, the network namespaces and the directory below {@code target/chaos}, and
 * leaves none of the first two.
 */
@NullMarked
package io.raftboot.chaos;

import org.jspecify.annotations.NullMarked;
