package io.raftboot.demo.kubernetes;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what was written and is no field: the classes of the API keep it aside, at each level, and say nothing. */
final class UnknownFields {
    private static final String API = "io.fabric8.kubernetes.api.model";

    private final List<String> found = new ArrayList<>();

    static List<String> of(Object written) {
        var fields = new UnknownFields();
        fields.walk(written.getClass().getSimpleName(), written);
        return fields.found;
    }

    private void walk(String path, @Nullable Object value) {
        if (value instanceof Collection<?> elements) {
            int index = 0;
            for (Object element : elements) {
                walk(path + "[" + index++ + "]", element);
            }
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> walk(path + "." + key, element));
        } else if (value != null
                && value.getClass().getName().startsWith(API)
                && !value.getClass().isEnum()) {
            walkFields(path, value);
        }
    }

    private void walkFields(String path, Object value) {
        for (Method method : value.getClass().getMethods()) {
            if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                continue;
            }
            Object part = call(method, value);
            if (method.getName().equals("getAdditionalProperties") && part instanceof Map<?, ?> aside) {
                aside.keySet().forEach(name -> found.add(path + "." + name));
            } else {
                walk(path + "." + method.getName().substring("get".length()), part);
            }
        }
    }

    private static @Nullable Object call(Method method, Object value) {
        try {
            return method.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError(method.toString(), e);
        }
    }
}
