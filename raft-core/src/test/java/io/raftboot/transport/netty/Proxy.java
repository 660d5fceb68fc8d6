package io.raftboot.transport.netty;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between two members and spoils what they say. */
final class Proxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Object stall = new Object();
    private boolean stalled;
    private volatile boolean closed;

    /** Position, in what one connection carried towards the target, at which to cut it; once. */
    final AtomicLong cutAt = new AtomicLong(Long.MAX_VALUE);

    /** Likewise, at which to change a byte; once. */
    final AtomicLong damageAt = new AtomicLong(Long.MAX_VALUE);

    final AtomicLong bytesToTarget = new AtomicLong();

    Proxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread("proxy-accept", this::accept);
    }

    String address() {
        return Members.HOST + ":" + server.getLocalPort();
    }

    /** Forwards nothing any more, with all connections left open: as behind a firewall that forgot them. */
    void stall() {
        synchronized (stall) {
            stalled = true;
        }
    }

    void flow() {
        synchronized (stall) {
            stalled = false;
            stall.notifyAll();
        }
    }

    /** Resets all connections. New ones are accepted. */
    void cut() {
        sockets.forEach(Proxy::reset);
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        cut();
        flow();
    }

    private void accept() {
        while (!closed) {
            try {
                forward(server.accept());
            } catch (IOException e) {
                closed |= server.isClosed();
            }
        }
    }

    private void forward(Socket client) {
        try {
            Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(client);
            sockets.add(there);
            thread("proxy-there", () -> pump(client, there, true));
            thread("proxy-back", () -> pump(there, client, false));
        } catch (IOException e) {
            reset(client); // the target is not there
        }
    }

    private void pump(Socket from, Socket to, boolean toTarget) {
        byte[] buffer = new byte[BUFFER_BYTES];
        long position = 0;
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                awaitFlow();
                long end = position + count;
                if (toTarget) {
                    long cut = cutAt.get();
                    if (end > cut && cutAt.compareAndSet(cut, Long.MAX_VALUE)) {
                        break;
                    }
                    long damage = damageAt.get();
                    if (end > damage && damageAt.compareAndSet(damage, Long.MAX_VALUE)) {
                        buffer[(int) Math.max(damage - position, 0)] ^= 1;
                    }
                    bytesToTarget.addAndGet(count);
                }
                output.write(buffer, 0, count);
                position = end;
            }
        } catch (IOException e) {
            closed |= server.isClosed(); // one side went away: so does the other
        } finally {
            reset(from);
            reset(to);
        }
    }

    private void awaitFlow() throws IOException {
        synchronized (stall) {
            while (stalled && !closed) {
                try {
                    stall.wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            assert socket.isClosed(); // closed already
        }
    }

    private static void thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
