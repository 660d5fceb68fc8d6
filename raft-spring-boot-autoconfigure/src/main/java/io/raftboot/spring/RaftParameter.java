package io.raftboot.spring;

import java.lang.reflect.Type;

/**
 * A parameter of a command or a query.
 *
 * @param name as in the source
 * @param type with its generic arguments
 * @param required whether it is declared never to be null: a primitive, or by the annotations of JSpecify or by Kotlin.
 *     Asked of callers alone; what an older version of the application left out of the log is null all the same
 */
public record RaftParameter(String name, Type type, boolean required) {
    /** A parameter that may be null. */
    public RaftParameter(String name, Type type) {
        this(name, type, false);
    }
}
