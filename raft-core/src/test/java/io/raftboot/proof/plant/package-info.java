/**
 * Mistakes that a test puts into the product, by name, to see that they are found. Comes in: a name, and the product's sources and
 * classes. Goes out: classes with the mistake, in a class loader of their own. What is shipped knows nothing of it.
 */
@NullMarked
package io.raftboot.proof.plant;

import org.jspecify.annotations.NullMarked;
