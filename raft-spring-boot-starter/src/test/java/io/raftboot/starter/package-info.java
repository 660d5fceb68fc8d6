/** An application on a class path with nothing but the starter: no web, no actuator, no validation. */
@NullMarked
package io.raftboot.starter;

import org.jspecify.annotations.NullMarked;
