/**
 * TLS between members, out of Spring's bundles. Comes in: properties, bundles, and their updates. Goes out: what the transport does TLS
 * with. Owns nothing; an update comes on the thread that noticed it.
 */
@NullMarked
package io.raftboot.autoconfigure.ssl;

import org.jspecify.annotations.NullMarked;
