package io.raftboot.console.cluster;

import io.raftboot.storage.disk.Disk;
import io.raftboot.storage.disk.RealDisk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** The machine's disk, which says of its room what a test wants. Any thread. */
public final class TightDisk {
    private static final long TOTAL_BYTES = 100L * 1024 * 1024 * 1024;

    private final Disk real = new RealDisk();
    private volatile @Nullable Long leftBytes;

    /** From now on there is so much room. */
    public void leave(long bytes) {
        leftBytes = bytes;
    }

    /** From now on there is as much room as there is. */
    public void makeRoom() {
        leftBytes = null;
    }

    Disk disk() {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    Long left = leftBytes;
                    return left != null && method.getName().equals("space")
                            ? new Disk.Space(left, TOTAL_BYTES)
                            : call(method, arguments);
                });
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
