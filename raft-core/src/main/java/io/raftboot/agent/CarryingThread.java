package io.raftboot.agent;

/** A thread that is known by its class as one that carries stages, of whichever member. */
final class CarryingThread extends Thread {
    /** Whatever the process says of stacks: values of the application that are nested deeply are written and read here. */
    static final long STACK_BYTES = 4L * 1024 * 1024;

    CarryingThread(Runnable work, String name) {
        super(null, work, name, STACK_BYTES);
        setDaemon(true);
    }
}
