package io.raftboot.autoconfigure.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.ArgumentMatchers;
import org.mockito.Mockito;
import org.springframework.context.support.StaticApplicationContext;

@Timeout(60)
class ServletStreamTests {
    private final StreamSender sender = new StreamSender(new StaticApplicationContext());

    @AfterEach
    void close() {
        sender.destroy();
    }

    /** A response whose reader goes in the middle of a write. */
    private static final class BrokenOutput extends ServletOutputStream {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch mayFail = new CountDownLatch(1);
        final AtomicBoolean left = new AtomicBoolean();
        volatile @Nullable WriteListener listener;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener newListener) {
            listener = newListener;
        }

        @Override
        public void write(int value) throws IOException {
            entered.countDown();
            try {
                mayFail.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            left.set(true);
            throw new IOException("the reader is gone");
        }
    }

    @Test
    void serverIsNotToldThatAllIsOverWhileSomebodyStillWrites() throws Exception {
        var out = new BrokenOutput();
        var async = Mockito.mock(AsyncContext.class);
        var request = Mockito.mock(HttpServletRequest.class);
        var response = Mockito.mock(HttpServletResponse.class);
        Mockito.when(response.getOutputStream()).thenReturn(out);
        Mockito.when(request.startAsync(request, response)).thenReturn(async);
        assertThat(ServletStream.open(sender, atMost -> List.of(new byte[] {1}), request, response))
                .isTrue();
        var captor = org.mockito.ArgumentCaptor.forClass(AsyncListener.class);
        Mockito.verify(async).addListener(captor.capture());
        var listener = Objects.requireNonNull(out.listener);
        // The server's own thread begins, so that the sender may write.
        var server = new Thread(() -> call(listener));
        server.start();
        out.entered.await();
        var leftBeforeReturn = new AtomicBoolean();
        var end = new Thread(() -> {
            listener.onError(new IOException("the reader is gone"));
            leftBeforeReturn.set(out.left.get());
        });
        end.start();
        await().until(() -> end.getState() == Thread.State.TIMED_WAITING);
        out.mayFail.countDown();
        end.join();
        server.join();
        assertThat(leftBeforeReturn).isTrue();
        Mockito.verify(async, Mockito.times(1)).complete();
        await().untilAsserted(() -> assertThat(sender.count()).isZero());
    }

    private static void call(WriteListener listener) {
        try {
            listener.onWritePossible();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void streamThatIsOverWritesNothingMore() throws Exception {
        var out = new BrokenOutput();
        var async = Mockito.mock(AsyncContext.class);
        var request = Mockito.mock(HttpServletRequest.class);
        var response = Mockito.mock(HttpServletResponse.class);
        Mockito.when(response.getOutputStream()).thenReturn(out);
        Mockito.when(request.startAsync(ArgumentMatchers.any(), ArgumentMatchers.any()))
                .thenReturn(async);
        assertThat(ServletStream.open(sender, atMost -> List.of(new byte[] {1}), request, response))
                .isTrue();
        var listener = Objects.requireNonNull(out.listener);
        listener.onError(new IOException("the reader is gone"));
        listener.onWritePossible();
        assertThat(out.entered.getCount()).isEqualTo(1);
        Mockito.verify(async, Mockito.times(1)).complete();
    }
}
