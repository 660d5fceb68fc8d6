/**
 * What a web application gets: errors of replicated calls as problem details, and requests that are safe to send again. Runs on
 * the web server's threads, owns none.
 */
@NullMarked
package io.raftboot.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
