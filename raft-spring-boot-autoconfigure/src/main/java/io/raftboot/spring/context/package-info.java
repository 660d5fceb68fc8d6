/**
 * Whether beans are in the context that has the member, where contexts have parents and children. Comes in: contexts, and the beans made
 * in them. Goes out: refusals of beans that would work on one member alone. Owned by the context that has the member.
 */
@NullMarked
package io.raftboot.spring.context;

import org.jspecify.annotations.NullMarked;
