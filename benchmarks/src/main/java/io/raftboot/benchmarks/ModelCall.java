package io.raftboot.benchmarks;

import io.raftboot.api.Outcome;
import io.raftboot.benchmarks.load.PutTarget;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftResult;
import io.raftboot.spring.RaftTemplate;
import java.util.Map;
import org.springframework.context.ApplicationContext;

/** The ways to put a value: what the state machine is made of, and whether the caller waits. */
enum ModelCall {
    BYTES_FUTURE("bytes, future") {
        @Override
        PutTarget target(ApplicationContext leader, ValueKind kind) {
            var template = leader.getBean(RaftTemplate.class);
            return (put, listener) -> {
                var unused = template.submit(ModelCluster.MACHINE, put.command())
                        .thenAccept(outcome ->
                                listener.done(outcome instanceof Outcome.Applied ? null : String.valueOf(outcome)));
            };
        }
    },

    ANNOTATED_FUTURE("annotated, future") {
        @Override
        PutTarget target(ApplicationContext leader, ValueKind kind) {
            var template = leader.getBean(RaftTemplate.class);
            var options = RaftCallOptions.defaults();
            String name = kind == ValueKind.TEXT ? AnnotatedKeyValue.PUT_TEXT : AnnotatedKeyValue.PUT_BYTES;
            return (put, listener) -> {
                Map<String, Object> arguments =
                        Map.of(AnnotatedKeyValue.KEY, put.key(), AnnotatedKeyValue.VALUE, kind.value(put));
                var unused = template.submit(ModelCluster.MACHINE, name, arguments, void.class, options)
                        .thenAccept(result ->
                                listener.done(result instanceof RaftResult.Applied<?> ? null : String.valueOf(result)));
            };
        }
    },

    BYTES_WAITING("bytes, waiting") {
        @Override
        PutTarget target(ApplicationContext leader, ValueKind kind) {
            var template = leader.getBean(RaftTemplate.class);
            var options = RaftCallOptions.defaults();
            return new WaitingCallers(put -> template.submitAndWait(ModelCluster.MACHINE, put.command(), options));
        }
    },

    ANNOTATED_WAITING("annotated, waiting") {
        @Override
        PutTarget target(ApplicationContext leader, ValueKind kind) {
            var bean = leader.getBean(AnnotatedKeyValue.class);
            return new WaitingCallers(
                    kind == ValueKind.TEXT
                            ? put -> bean.put(put.key(), put.text())
                            : put -> bean.put(put.key(), put.value()));
        }
    };

    /** What an annotated bean takes a value as. */
    enum ValueKind {
        TEXT,
        BYTES;

        private Object value(PutTarget.Put put) {
            return this == TEXT ? put.text() : put.value();
        }
    }

    private final String title;

    ModelCall(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whether the state machine is an annotated bean. */
    boolean annotated() {
        return this == ANNOTATED_FUTURE || this == ANNOTATED_WAITING;
    }

    /** Calls to that member. */
    abstract PutTarget target(ApplicationContext leader, ValueKind kind);
}
