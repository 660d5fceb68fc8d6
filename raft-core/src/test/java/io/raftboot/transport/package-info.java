/** Tests of the transport, and a network in memory for the tests of whatever uses one. */
@NullMarked
package io.raftboot.transport;

import org.jspecify.annotations.NullMarked;
