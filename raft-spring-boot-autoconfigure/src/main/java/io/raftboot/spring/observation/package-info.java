/**
 * What an application sees of commands and queries as observations, and how it names them otherwise. Comes in: calls and their outcomes,
 * and the steps of a traced command on each member. Goes out: Micrometer's contexts and conventions. Types of Micrometer, which is
 * optional, stand here and where the observations are made alone.
 */
@NullMarked
package io.raftboot.spring.observation;

import org.jspecify.annotations.NullMarked;
