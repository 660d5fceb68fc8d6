/**
 * What TLS between members rests on: certificates, who speaks for which member, and whether TLS is asked of all. Comes in: contexts
 * and certificates, anew whenever they change. Goes out: engines, objections, and how it all is. Knows the JDK alone. Owned by no
 * thread.
 */
@NullMarked
package io.raftboot.transport.tls;

import org.jspecify.annotations.NullMarked;
