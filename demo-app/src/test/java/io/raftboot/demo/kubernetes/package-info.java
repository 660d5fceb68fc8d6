/** The manifests for Kubernetes: read as its API would read them, and held against what the product and the demo are. */
@NullMarked
package io.raftboot.demo.kubernetes;

import org.jspecify.annotations.NullMarked;
