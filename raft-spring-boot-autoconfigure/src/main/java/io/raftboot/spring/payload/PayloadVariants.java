package io.raftboot.spring.payload;

import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.jsontype.NamedType;

/** The subtypes of a type whose values say which of them they are. */
final class PayloadVariants {
    private final PayloadContract contract;
    private final JavaType type;
    private final String path;

    PayloadVariants(PayloadContract contract, JavaType type, String path) {
        this.contract = contract;
        this.type = type;
        this.path = path;
    }

    static boolean isPolymorphic(JavaType type, ObjectMapper mapper) {
        return mapper._serializationContext().findTypeSerializer(type) != null;
    }

    void walk() {
        Class<?> raw = type.getRawClass();
        Set<Class<?>> named = named();
        Set<Class<?>> variants = new LinkedHashSet<>();
        if (StateAnnotations.isSealed(raw)) {
            addPermitted(raw, variants);
        } else {
            variants.addAll(named);
        }
        if (!Modifier.isAbstract(raw.getModifiers())) {
            variants.add(raw);
        }
        if (variants.isEmpty()) {
            contract.refuse(path, type, "does not say what its subtypes are", "make it sealed, or add @JsonSubTypes");
        }
        Map<String, Class<?>> simpleNames = new HashMap<>();
        for (Class<?> variant : variants) {
            Class<?> other = simpleNames.putIfAbsent(variant.getSimpleName(), variant);
            if (other != null && StateAnnotations.isSealed(raw)) {
                contract.refuse(
                        path,
                        type,
                        "has two subtypes that are called " + variant.getSimpleName(),
                        "call one of them otherwise");
            } else if (!named.contains(variant)) {
                contract.refuse(
                        path,
                        type,
                        "does not name its subtype " + variant.getName(),
                        "add it to @JsonSubTypes, or remove @JsonTypeInfo and @JsonSubTypes from a sealed type");
            } else {
                walk(variant);
            }
        }
    }

    private void walk(Class<?> variant) {
        JavaType resolved = contract.mapper().getTypeFactory().constructSpecializedType(type, variant);
        String place = variant == type.getRawClass() ? path : path + "(" + variant.getSimpleName() + ")";
        if (Modifier.isAbstract(variant.getModifiers())) {
            contract.refuse(place, resolved, "is no class of which there are values", "seal it, or make it a class");
        } else if (PayloadTypes.isValue(variant)) {
            contract.walk(resolved, place);
        } else {
            new PayloadBean(contract, resolved, place).walk();
        }
    }

    private static void addPermitted(Class<?> sealed, Set<Class<?>> variants) {
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            boolean isSealed = StateAnnotations.isSealed(permitted);
            if (isSealed) {
                addPermitted(permitted, variants);
            }
            if (!isSealed || !Modifier.isAbstract(permitted.getModifiers())) {
                variants.add(permitted);
            }
        }
    }

    /** Those that the mapper knows by a name. */
    private Set<Class<?>> named() {
        Set<Class<?>> named = new HashSet<>();
        var config = contract.mapper().deserializationConfig();
        AnnotatedClass annotated = contract.mapper()._deserializationContext().introspectClassAnnotations(type);
        Collection<NamedType> known = contract.mapper()
                .deserializationConfig()
                .getSubtypeResolver()
                .collectAndResolveSubtypesByTypeId(config, annotated);
        known.forEach(each -> named.add(each.getType()));
        return named;
    }
}
