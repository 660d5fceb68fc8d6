package io.raftboot.demo;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Keeps the spans of all members of this process, where a test has asked for that. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(RecordedSpans.PROPERTY)
class RecordedSpans {
    static final String PROPERTY = "demo.test.record-spans";

    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();

    @Bean
    SpanProcessor recordingSpanProcessor() {
        return SimpleSpanProcessor.create(SPANS);
    }

    static void forget() {
        SPANS.reset();
    }

    static List<SpanData> all() {
        return SPANS.getFinishedSpanItems();
    }

    static List<SpanData> of(String traceId) {
        return all().stream().filter(span -> span.getTraceId().equals(traceId)).toList();
    }
}
