package io.raftboot.replica.machine;

import java.util.Map;

/**
 * The state machines of a member: the group's own, and the application's. Owned by the apply stage, but for what their own
 * Javadoc gives to others.
 *
 * @param byName of the application
 */
public record Machines(SystemMachine system, Map<String, MachineSlot> byName) {}
