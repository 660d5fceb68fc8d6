/**
 * What an application touches: annotations that turn a bean into a replicated state machine, and the template for
 * explicit calls. Callers come on any thread of the application's; commands and queries of annotated beans run on the
 * replica's apply stage. Uses the replica's public types, Spring's core and AOP, Jackson inside one class, and, where
 * they are there, Reactor and Micrometer's context propagation inside one each.
 */
@NullMarked
package io.raftboot.spring;

import org.jspecify.annotations.NullMarked;
