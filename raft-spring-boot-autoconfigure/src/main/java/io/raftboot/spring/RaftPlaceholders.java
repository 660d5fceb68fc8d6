package io.raftboot.spring;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.StringValueResolver;

/** Puts properties in the place of <code>${…}</code> in what annotations of this package say. */
public final class RaftPlaceholders {
    private static final String PLACEHOLDER = "${";

    private final StringValueResolver resolver;

    private RaftPlaceholders(StringValueResolver resolver) {
        this.resolver = resolver;
    }

    /** Those of an application. */
    public static RaftPlaceholders of(BeanFactory factory) {
        if (factory instanceof ConfigurableBeanFactory properties) {
            return new RaftPlaceholders(properties::resolveEmbeddedValue);
        }
        return none();
    }

    /** Placeholders where there is no application: what has any is refused. */
    public static RaftPlaceholders none() {
        return new RaftPlaceholders(text -> text);
    }

    /**
     * What an attribute says. It is the same on all members only if they have the same properties.
     *
     * @param type on which the annotation stands, or on a method of it
     * @param attribute as a message calls it
     * @param text as written
     * @throws InvalidStateMachineException if there is no such property
     */
    public String resolve(Class<?> type, String attribute, String text) {
        if (!text.contains(PLACEHOLDER)) {
            return text;
        }
        String resolved;
        try {
            resolved = resolver.resolveStringValue(text);
        } catch (IllegalArgumentException e) {
            throw unknown(type, attribute, text);
        }
        if (resolved == null || resolved.contains(PLACEHOLDER)) {
            throw unknown(type, attribute, text);
        }
        return resolved;
    }

    private static InvalidStateMachineException unknown(Class<?> type, String attribute, String text) {
        return new InvalidStateMachineException(
                "The state machine " + type.getName() + " has " + attribute + " = \"" + text
                        + "\", for which there is no property.",
                "Set the property, to the same on all members, or write the value itself or a default, for example"
                        + " ${" + "name:orders}.");
    }
}
