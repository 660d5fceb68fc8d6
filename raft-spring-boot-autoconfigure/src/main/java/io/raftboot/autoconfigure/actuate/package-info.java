/**
 * The member in the actuator: endpoint, health, readiness. Uses the replica's status alone; comes on the actuator's
 * threads. Optional types of the actuator stand in top-level classes only, so that nothing here is loaded without it.
 */
@NullMarked
package io.raftboot.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
