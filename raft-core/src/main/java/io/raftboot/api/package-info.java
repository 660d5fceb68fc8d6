/**
 * What a state machine implements, and what a caller of a replica gets. Comes in: nothing but values of the JDK and of
 * protobuf. Goes out: the contract between an application and its replica. Owned by nobody: values are immutable, and the
 * interfaces say on which thread they are called.
 */
@NullMarked
package io.raftboot.api;

import org.jspecify.annotations.NullMarked;
