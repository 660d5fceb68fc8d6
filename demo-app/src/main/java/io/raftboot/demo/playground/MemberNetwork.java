package io.raftboot.demo.playground;

import com.google.protobuf.ByteString;
import io.raftboot.transport.SnapshotSource;
import io.raftboot.transport.Transport;
import io.raftboot.transport.TransportException;
import io.raftboot.transport.TransportListener;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The transport of one member, which can be cut off: messages, requests, answers and snapshots are lost then in both directions, and nobody
 * is told. Its connections stay open, as they do behind a firewall that drops what comes. While the member is paused, the thread that
 * reads its connections waits with the first thing that it read.
 *
 * <p>Both interfaces are stood before by proxies, so that a method that they get some day is passed on too. Any thread.
 */
final class MemberNetwork {
    private final PauseGate gate;
    private volatile boolean cut;
    private volatile @Nullable Transport transport;

    /** Answers that were lost. The connections count questions without one, so they are ended once they hurt nobody any more. */
    private final List<CompletableFuture<ByteString>> lostAnswers = new ArrayList<>();

    /** @param cut whether it begins cut off */
    MemberNetwork(PauseGate gate, boolean cut) {
        this.gate = gate;
        this.cut = cut;
    }

    Transport around(Transport real) {
        transport = real;
        return proxy(Transport.class, (proxy, method, arguments) -> transportCall(real, method, arguments));
    }

    void cut() {
        cut = true;
    }

    void join() {
        cut = false;
        List<CompletableFuture<ByteString>> held;
        synchronized (lostAnswers) {
            held = List.copyOf(lostAnswers);
            lostAnswers.clear();
        }
        // Whoever asked has given up meanwhile.
        held.forEach(answer -> answer.completeExceptionally(lost()));
    }

    /** Ends the connections as the end of a process does: who dials anew is refused. */
    void close() {
        Transport real = transport;
        if (real != null) {
            real.close();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // goes to the caller of the interface's method
    private @Nullable Object transportCall(Transport real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        var given = arguments == null ? new Object[0] : arguments;
        if (method.getName().equals("start")) {
            given[1] = around((TransportListener) given[1]);
        } else if (method.getName().equals("request")) {
            return request(real, method, given);
        } else if (cut && method.getName().equals("send")) {
            return null;
        } else if (cut && method.getName().equals("sendSnapshot")) {
            ((SnapshotSource) given[1]).close();
            return CompletableFuture.failedFuture(lost());
        }
        return call(real, method, given);
    }

    @SuppressWarnings({"unchecked", "FutureReturnValueIgnored"
    }) // the type of the interface's method, whose caller gets it
    private Object request(Transport real, Method method, @Nullable Object[] given) throws Throwable {
        var answer = new CompletableFuture<ByteString>();
        if (!cut) {
            var unused = ((CompletableFuture<ByteString>) call(real, method, given)).whenComplete((bytes, failure) -> {
                if (failure != null) {
                    answer.completeExceptionally(failure);
                } else if (!cut) {
                    answer.complete(bytes);
                }
            });
        }
        return answer.orTimeout(((Duration) given[2]).toNanos(), TimeUnit.NANOSECONDS);
    }

    private TransportListener around(TransportListener real) {
        return proxy(TransportListener.class, (proxy, method, arguments) -> {
            gate.pass();
            var given = arguments == null ? new Object[0] : arguments;
            switch (method.getName()) {
                case "messages" -> {
                    return cut ? null : call(real, method, given);
                }
                case "request" -> {
                    asked(real, given);
                    return null;
                }
                case "snapshot" -> {
                    if (cut) {
                        throw new IOException("the member is cut off");
                    }
                    return call(real, method, given);
                }
                default -> {
                    return call(real, method, given);
                }
            }
        });
    }

    @SuppressWarnings("unchecked") // the type of the interface's method
    private void asked(TransportListener real, Object[] given) {
        var answer = (CompletableFuture<ByteString>) given[2];
        if (cut) {
            lose(answer);
            return;
        }
        var own = new CompletableFuture<ByteString>();
        var unused = own.whenComplete((bytes, failure) -> {
            if (cut) {
                lose(answer);
            } else if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(bytes);
            }
        });
        real.request((Long) given[0], (ByteString) given[1], own);
    }

    private void lose(CompletableFuture<ByteString> answer) {
        synchronized (lostAnswers) {
            lostAnswers.add(answer);
        }
    }

    private static TransportException lost() {
        return TransportException.maybeSent("the member is cut off");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(MemberNetwork.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, @Nullable Object[] given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
