/**
 * Real faults under members in processes of their own: operations of the file system that fail, file systems that are full,
 * and the loss of power. Run by {@code mvn verify -Pfaults}, as root, with Debian's {@code fiu-utils} and {@code e2fsprogs};
 * skipped with a message where one of them is missing.
 */
@NullMarked
package io.raftboot.faults;

import org.jspecify.annotations.NullMarked;
