package io.raftboot.autoconfigure.stream;

import java.io.EOFException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A stream by way of WebFlux: the server takes as much as its reader asks for. */
public final class ReactiveStream extends OpenStream {
    private final StreamSender sender;
    private final Sinks.Many<byte[]> frames;

    /** Ends it with an error. */
    private final Sinks.Empty<byte[]> end = Sinks.empty();

    private ReactiveStream(StreamFeed feed, StreamSender sender) {
        super(feed, sender.nowNanos());
        this.sender = sender;
        this.frames = Sinks.many().unicast().onBackpressureBuffer(waiting());
    }

    /**
     * Opens one as an answer, whose status and headers are set.
     *
     * @return what is over when the stream is; null if there are too many, and then nothing is begun
     */
    public static @Nullable Mono<Void> open(StreamSender sender, StreamFeed feed, ServerHttpResponse response) {
        var stream = new ReactiveStream(feed, sender);
        return sender.open(stream) ? response.writeAndFlushWith(stream.body(response.bufferFactory())) : null;
    }

    private Flux<Mono<DataBuffer>> body(DataBufferFactory buffers) {
        return frames.asFlux()
                .doOnNext(frame -> taken())
                .takeUntilOther(end.asMono())
                .doFinally(signal -> {
                    isOverNow();
                    sender.wake();
                })
                // Each by itself, so that each is flushed.
                .map(frame -> Mono.fromSupplier(() -> buffers.wrap(frame)));
    }

    private void taken() {
        tookOne();
        if (waiting().isEmpty()) {
            // There is room for what could not be made before.
            sender.wake();
        }
    }

    @Override
    void put(byte[] frame) {
        if (frames.tryEmitNext(frame).isFailure()) {
            isOverNow();
        }
    }

    @Override
    void write() {}

    @Override
    void complete() {
        frames.tryEmitComplete();
    }

    /** For the server this is as if the reader had closed the connection, so it says nothing of it. */
    @Override
    void abort() {
        end.tryEmitError(new EOFException("the reader of a stream takes nothing"));
        isOverNow();
    }
}
