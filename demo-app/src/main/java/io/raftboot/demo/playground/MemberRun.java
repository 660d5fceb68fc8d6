package io.raftboot.demo.playground;

import io.raftboot.agent.AgentHost;
import io.raftboot.api.ReplicaListener;
import io.raftboot.autoconfigure.RaftNodeLifecycle;
import io.raftboot.replica.Replica;
import io.raftboot.transport.Transport;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * One run of a member, from its start to its end, with the places at which it can be held up. It stands at three of the member's
 * seams, each of which is a bean of every application: the host of its threads, its transport, and its web server's filters. Any thread.
 */
final class MemberRun implements BeanPostProcessor {
    private final PauseGate gate = new PauseGate();
    private final MemberNetwork network;
    private final ReplicaListener listener;
    private volatile @Nullable Replica replica;
    private volatile @Nullable ConfigurableApplicationContext context;
    private volatile boolean killed;

    /**
     * @param cut whether it begins cut off from the others
     * @param listener told what happens to its member
     */
    MemberRun(boolean cut, ReplicaListener listener) {
        this.network = new MemberNetwork(gate, cut);
        this.listener = listener;
    }

    /**
     * Puts itself into an application before that starts.
     *
     * @param pages answers what is for the playground
     * @param beforePorts done right before the application sees whether its ports are free
     */
    void putInto(ConfigurableApplicationContext application, PlaygroundHandler pages, Runnable beforePorts) {
        context = application;
        var beans = application.getBeanFactory();
        beans.addBeanPostProcessor(this);
        var filter = new FilterRegistrationBean<>(new MemberFilter(this, pages));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        filter.setName("playground");
        beans.registerSingleton("playgroundFilter", filter);
        beans.registerSingleton("playgroundPorts", new Before(beforePorts));
        application.addApplicationListener(new AtTheEnd(gate));
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean instanceof AgentHost host) {
            return new PausableHost(host, gate);
        }
        if (bean instanceof Transport transport) {
            return network.around(transport);
        }
        if (bean instanceof Replica made) {
            made.addListener(listener);
            replica = made;
        }
        return bean;
    }

    PauseGate gate() {
        return gate;
    }

    MemberNetwork network() {
        return network;
    }

    boolean isKilled() {
        return killed;
    }

    /** The term in which this member leads, as far as it knows. */
    OptionalLong leadershipTerm() {
        Replica made = replica;
        return made == null ? OptionalLong.empty() : made.leadershipTerm();
    }

    /** Whether this member knows a leader. */
    boolean knowsLeader() {
        Replica made = replica;
        return made != null && made.leaderId() != null;
    }

    /** Ends in order, as by SIGTERM. Returns when all is closed. */
    void stop() {
        ConfigurableApplicationContext running = context;
        if (running != null) {
            running.close();
        }
    }

    /** Ends without a word. From the first line on nothing leaves it; what follows only gives back what it holds. */
    void kill() {
        killed = true;
        network.cut();
        // Before its connections are closed, on threads that may stand at the gate.
        gate.openForGood();
        network.close();
        Replica made = replica;
        if (made != null) {
            // Before the context, whose end would hand the leadership over.
            made.stop();
        }
        stop();
    }

    /** What is paused can't end: whoever ends the process, or this application, has it go on first. */
    private record AtTheEnd(PauseGate gate) implements ApplicationListener<ContextClosedEvent> {
        @Override
        public void onApplicationEvent(ContextClosedEvent closed) {
            gate.openForGood();
        }
    }

    /** Does something right before the application looks at its ports. */
    private static final class Before implements SmartLifecycle {
        private final Runnable task;
        private volatile boolean running;

        Before(Runnable task) {
            this.task = task;
        }

        @Override
        public void start() {
            task.run();
            running = true;
        }

        @Override
        public void stop() {
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        /** The web server's port is tried one phase before the member starts. */
        @Override
        public int getPhase() {
            return RaftNodeLifecycle.PHASE - 2;
        }
    }
}
