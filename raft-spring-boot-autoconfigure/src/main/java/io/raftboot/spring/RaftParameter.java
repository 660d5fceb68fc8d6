package io.raftboot.spring;

import java.lang.reflect.Type;

/**
 * A parameter of a command or a query.
 *
 * @param name as in the source
 * @param type with its generic arguments
 */
public record RaftParameter(String name, Type type) {}
