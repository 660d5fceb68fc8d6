/**
 * TLS for simulated connections: the product's own code for certificates, with an engine below it that says who shows what, and keeps no
 * secret. The runtime's own engine draws numbers of its own, and says other things in each release of it, so that no seed would take the
 * same course twice.
 */
@NullMarked
package io.raftboot.simulation.tls;

import org.jspecify.annotations.NullMarked;
