/** Tests that start members as processes of their own from the built jar, and kill them. */
@NullMarked
package io.raftboot.demo.process;

import org.jspecify.annotations.NullMarked;
