package io.raftboot.spring.payload;

import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Types of the Java platform whose values come back from JSON as they were, and what to write in the place of others. */
final class PayloadTypes {
    private static final Set<Class<?>> KEYS = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            Character.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Currency.class,
            Instant.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            ZonedDateTime.class,
            Year.class,
            YearMonth.class,
            MonthDay.class,
            Duration.class,
            Period.class,
            ZoneId.class,
            ZoneOffset.class,
            Month.class,
            DayOfWeek.class,
            Date.class);

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final Set<Class<?>> OTHER_VALUES = Set.of(
            Locale.class,
            AtomicBoolean.class,
            AtomicInteger.class,
            AtomicLong.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    private static final Set<Class<?>> SORTED = Set.of(
            SortedSet.class,
            NavigableSet.class,
            TreeSet.class,
            ConcurrentSkipListSet.class,
            SortedMap.class,
            NavigableMap.class,
            TreeMap.class,
            ConcurrentNavigableMap.class,
            ConcurrentSkipListMap.class);

    private static final Set<Class<?>> CONTAINERS = Set.of(
            Collection.class,
            List.class,
            ArrayList.class,
            LinkedList.class,
            CopyOnWriteArrayList.class,
            Queue.class,
            Deque.class,
            ArrayDeque.class,
            ConcurrentLinkedQueue.class,
            ConcurrentLinkedDeque.class,
            Set.class,
            HashSet.class,
            LinkedHashSet.class,
            CopyOnWriteArraySet.class,
            EnumSet.class,
            Map.class,
            HashMap.class,
            LinkedHashMap.class,
            EnumMap.class,
            ConcurrentMap.class,
            ConcurrentHashMap.class);

    /** What to write in the place of a type, by its name, because some are of modules and libraries that need not be there. */
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry("java.lang.Object", "write the type itself, or a sealed interface"),
            Map.entry("java.lang.Number", "write long or BigDecimal"),
            Map.entry("java.lang.CharSequence", "write String"),
            Map.entry("java.lang.StringBuilder", "write String"),
            Map.entry("java.lang.StringBuffer", "write String"),
            Map.entry("java.lang.Class", "write String, the name"),
            Map.entry("java.sql.Timestamp", "write Instant"),
            Map.entry("java.sql.Date", "write LocalDate"),
            Map.entry("java.sql.Time", "write LocalTime"),
            Map.entry("java.util.Calendar", "write ZonedDateTime"),
            Map.entry("java.util.GregorianCalendar", "write ZonedDateTime"),
            Map.entry("java.util.TimeZone", "write ZoneId"),
            Map.entry("java.util.BitSet", "write long[]"),
            Map.entry("java.util.Properties", "write Map<String, String>"),
            Map.entry("java.util.Hashtable", "write Map or ConcurrentMap"),
            Map.entry("java.util.WeakHashMap", "write Map"),
            Map.entry("java.util.IdentityHashMap", "write Map"),
            Map.entry("java.util.Vector", "write List"),
            Map.entry("java.util.Stack", "write Deque"),
            Map.entry("java.util.PriorityQueue", "write List, or SortedSet"),
            Map.entry("java.util.concurrent.atomic.LongAdder", "write long"),
            Map.entry("java.util.concurrent.atomic.AtomicReference", "write the type of its value"),
            Map.entry("java.util.regex.Pattern", "write String"),
            Map.entry("java.net.URL", "write URI"),
            Map.entry("java.net.InetAddress", "write String"),
            Map.entry("java.net.InetSocketAddress", "write String"),
            Map.entry("java.nio.file.Path", "write String"),
            Map.entry("java.nio.charset.Charset", "write String"),
            Map.entry("java.nio.ByteBuffer", "write byte[]"),
            Map.entry("java.io.File", "write String"),
            Map.entry("java.io.Serializable", "write the type itself, or a sealed interface"),
            Map.entry("java.lang.Comparable", "write the type itself, or a sealed interface"),
            Map.entry("tools.jackson.databind.JsonNode", "write String with the JSON, or a record"),
            Map.entry("com.fasterxml.jackson.databind.JsonNode", "write String with the JSON, or a record"));

    private static final List<String> PLATFORM =
            List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "scala.");

    private PayloadTypes() {}

    static boolean isValue(Class<?> type) {
        return type.isPrimitive() || isKey(type) || OTHER_VALUES.contains(type);
    }

    /** Whether a value can be a key in JSON, which is text, and be known again. */
    static boolean isKey(Class<?> type) {
        return KEYS.contains(type) || type.isEnum();
    }

    static boolean isOptional(Class<?> type) {
        return OPTIONALS.contains(type);
    }

    static boolean isSorted(Class<?> type) {
        return SORTED.stream().anyMatch(sorted -> sorted.isAssignableFrom(type));
    }

    /** Whether it is a collection or a map that comes back, or a class of the application that is one and adds nothing to it. */
    static boolean isContainer(Class<?> type) {
        if (CONTAINERS.contains(type) || SORTED.contains(type)) {
            return true;
        }
        Class<?> above = type.getSuperclass();
        return !isPlatform(type)
                && above != null
                && !Modifier.isAbstract(type.getModifiers())
                && hasDefaultConstructor(type)
                && Arrays.stream(type.getDeclaredFields()).allMatch(field -> Modifier.isStatic(field.getModifiers()))
                && isContainer(above);
    }

    private static boolean hasDefaultConstructor(Class<?> type) {
        return Arrays.stream(type.getDeclaredConstructors())
                .anyMatch(constructor -> constructor.getParameterCount() == 0);
    }

    /** What to write for a type that does not come back, or does not for all values; null if nothing is known of it. */
    static @Nullable String instead(Class<?> type) {
        for (Class<?> above = type; above != null && above != Object.class; above = above.getSuperclass()) {
            String known = INSTEAD.get(above.getName());
            if (known != null) {
                return known;
            }
        }
        return type == Object.class ? INSTEAD.get(Object.class.getName()) : null;
    }

    /** Whether a type belongs to the platform or to a language's library, whose fields are none of anybody else's business. */
    static boolean isPlatform(Class<?> type) {
        return PLATFORM.stream().anyMatch(type.getName()::startsWith);
    }
}
