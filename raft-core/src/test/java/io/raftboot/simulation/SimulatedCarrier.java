package io.raftboot.simulation;

import io.raftboot.agent.Agent;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.api.ThreadFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Steps its agents when one was woken, and again as long as there was work. */
final class SimulatedCarrier implements Carrier {
    private final SimulatedHost host;
    private final String name;
    private final List<Agent> agents;
    private final ThreadGuard guard;
    private boolean started;
    private boolean stopped;
    private boolean turnDue;

    SimulatedCarrier(SimulatedHost host, String name, List<Agent> agents, Consumer<Throwable> onFailure) {
        this.host = host;
        this.name = name;
        this.agents = List.copyOf(agents);
        this.guard = new ThreadGuard(onFailure);
        this.agents.forEach(agent -> agent.wakeWith(this::wake));
    }

    @Override
    public void start() {
        started = true;
        wake();
    }

    private void wake() {
        if (started && !stopped && !turnDue) {
            turnDue = true;
            host.after(host.turnNanos(), name, this::turn);
        }
    }

    private void turn() {
        turnDue = false;
        if (stopped) {
            return;
        }
        try {
            int work = 0;
            for (Agent agent : agents) {
                agent.activity().begin();
                work += agent.doWork();
                agent.activity().end();
            }
            if (work > 0) {
                wake();
            }
        } catch (Error failure) {
            stopped = true;
            guard.tell(new ThreadFailedException(name, failure));
        } catch (Throwable failure) {
            stopped = true;
            guard.tell(failure);
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean awaitEnd(Duration patience) {
        return true;
    }

    @Override
    public Set<Thread> threads() {
        return Set.of();
    }
}
