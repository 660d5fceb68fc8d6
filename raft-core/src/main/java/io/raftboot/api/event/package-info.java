/**
 * What happened to a member, for people and for tools. Comes in: what the parts of a member report. Goes out: events, numbered, to
 * whoever reads or waits for them. Owns no thread.
 */
@NullMarked
package io.raftboot.api.event;

import org.jspecify.annotations.NullMarked;
