/**
 * Tests of replicated beans under fail-over: a cluster of application contexts in the test's own process, on a network and
 * disks in memory. Used on the test's thread.
 */
@NullMarked
package io.raftboot.test;

import org.jspecify.annotations.NullMarked;
