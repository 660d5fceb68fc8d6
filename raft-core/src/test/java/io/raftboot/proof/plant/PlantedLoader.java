package io.raftboot.proof.plant;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads the product and its tests anew, some classes of it with a mistake; all else comes from the class path of the process. So what
 * runs within it never meets a class of the product that has been loaded elsewhere.
 */
public final class PlantedLoader extends ClassLoader {
    private static final String ROOT = "io.raftboot.";

    private final Map<String, byte[]> planted;

    public PlantedLoader(Plant plant) {
        super(PlantedLoader.class.getClassLoader());
        this.planted = PlantedClasses.of(plant);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ROOT)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            if (loaded == null) {
                var bytes = planted.containsKey(name) ? planted.get(name) : read(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /**
     * Calls a static method of a class that this loader loads.
     *
     * @param arguments of classes of the platform alone
     */
    public @Nullable Object call(String className, String method, Object... arguments) {
        try {
            for (var candidate : loadClass(className).getDeclaredMethods()) {
                if (candidate.getName().equals(method) && candidate.getParameterCount() == arguments.length) {
                    candidate.setAccessible(true);
                    return candidate.invoke(null, arguments);
                }
            }
            throw new IllegalArgumentException(className + " has no method " + method);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
