package io.raftboot.api;

import org.jspecify.annotations.Nullable;

/**
 * How a change of the members is asked for.
 *
 * @param version the configuration that the caller has seen, {@link MembershipView#version}: another one in force refuses the change;
 *     null if that does not matter
 * @param idempotencyKey by which a change that is asked for again is known to be the same; null for none
 * @param by who asks, for those who read of it later
 */
public record ChangeOptions(@Nullable Long version, @Nullable String idempotencyKey, String by) {
    /** Longest key and longest name of who asks, in bytes. */
    public static final int MAX_BYTES = 256;

    public static final ChangeOptions DEFAULTS = new ChangeOptions(null, null, "");

    public ChangeOptions withVersion(@Nullable Long newVersion) {
        return new ChangeOptions(newVersion, idempotencyKey, by);
    }

    public ChangeOptions withIdempotencyKey(@Nullable String newKey) {
        return new ChangeOptions(version, newKey, by);
    }

    public ChangeOptions withBy(String newBy) {
        return new ChangeOptions(version, idempotencyKey, newBy);
    }
}
