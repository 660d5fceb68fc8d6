package io.raftboot.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** A directory that goes with what it was made for. */
record TemporaryDirectory(Path path) implements DisposableBean {
    private static final String PREFIX = "raft-test";

    static TemporaryDirectory create() {
        try {
            return new TemporaryDirectory(Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary directory for a test's member can't be made", e);
        }
    }

    /** Registered before all beans of the context, and so destroyed after them. */
    void deleteAtEndOf(ConfigurableApplicationContext context) {
        ((DefaultSingletonBeanRegistry) context.getBeanFactory()).registerDisposableBean(PREFIX, this);
    }

    @Override
    public void destroy() {
        try {
            FileSystemUtils.deleteRecursively(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " can't be deleted", e);
        }
    }
}
