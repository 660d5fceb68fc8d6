package io.raftboot.spring.machine;

import java.lang.reflect.AnnotatedElement;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** What Spring calls on its own, on every member for itself. */
public final class SelfStarting {
    private static final Set<String> ANNOTATIONS = Set.of(
            "org.springframework.scheduling.annotation.Scheduled",
            "org.springframework.scheduling.annotation.Schedules",
            "org.springframework.context.event.EventListener",
            "org.springframework.messaging.handler.annotation.MessageMapping",
            "org.springframework.jms.annotation.JmsListener",
            "org.springframework.jms.annotation.JmsListeners",
            "org.springframework.kafka.annotation.KafkaListener",
            "org.springframework.kafka.annotation.KafkaListeners",
            "org.springframework.kafka.annotation.KafkaHandler",
            "org.springframework.amqp.rabbit.annotation.RabbitListener",
            "org.springframework.amqp.rabbit.annotation.RabbitListeners",
            "org.springframework.amqp.rabbit.annotation.RabbitHandler",
            "org.springframework.pulsar.annotation.PulsarListener",
            "org.springframework.pulsar.annotation.PulsarListeners",
            "org.springframework.integration.annotation.ServiceActivator",
            "org.springframework.integration.annotation.Poller");

    private static final Set<String> INTERFACES = Set.of(
            "org.springframework.context.ApplicationListener",
            "org.springframework.context.Lifecycle",
            "org.springframework.beans.factory.SmartInitializingSingleton",
            "org.springframework.beans.factory.FactoryBean",
            "org.springframework.boot.ApplicationRunner",
            "org.springframework.boot.CommandLineRunner");

    private SelfStarting() {}

    /** Whether an annotation of a method or a class has Spring call it. */
    public static boolean is(AnnotatedElement element) {
        MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        return ANNOTATIONS.stream().anyMatch(annotations::isPresent);
    }

    /** Interfaces of a class by which Spring calls it. */
    static Stream<Class<?>> interfaces(Class<?> type) {
        return ProxyReach.interfaces(type).stream().filter(each -> INTERFACES.contains(each.getName()));
    }
}
