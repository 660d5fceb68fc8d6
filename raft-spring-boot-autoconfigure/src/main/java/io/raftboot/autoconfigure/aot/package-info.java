/**
 * Says ahead of time what an application's state machines, and the starter itself, do by reflection. Comes in: bean definitions, while
 * Spring processes an application at build time. Goes out: runtime hints. Owns no thread, and does nothing while an application runs.
 */
@NullMarked
package io.raftboot.autoconfigure.aot;

import org.jspecify.annotations.NullMarked;
