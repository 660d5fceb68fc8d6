package io.raftboot.simulation;

import io.raftboot.agent.Agent;
import io.raftboot.agent.Carrier;
import io.raftboot.agent.ThreadGuard;
import io.raftboot.api.ThreadFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Steps its agents when one was woken, and again as long as there was work; not while it waits in the midst of a step. */
final class SimulatedCarrier implements Carrier {
    private final SimulatedHost host;
    private final String name;
    private final List<Agent> agents;
    private final ThreadGuard guard;
    private final Busy busy;
    private boolean started;
    private boolean stopped;
    private boolean turnDue;
    private boolean wokenInTurn;

    SimulatedCarrier(SimulatedHost host, String name, List<Agent> agents, ThreadGuard guard) {
        this.host = host;
        this.name = name;
        this.agents = List.copyOf(agents);
        this.guard = guard;
        this.busy = new Busy(host);
        this.agents.forEach(agent -> agent.wakeWith(this::wake));
    }

    @Override
    public void start() {
        started = true;
        wake();
    }

    private void wake() {
        if (busy.count() > 0) {
            wokenInTurn = true;
        } else if (started && !stopped && !turnDue) {
            turnDue = true;
            host.after(host.turnNanos(), name, this::turn);
        }
    }

    private void turn() {
        turnDue = false;
        if (stopped) {
            return;
        }
        wokenInTurn = false;
        busy.begin();
        boolean worked = step();
        busy.end();
        if (worked || wokenInTurn) {
            wake();
        }
    }

    /** Returns whether there was work. */
    private boolean step() {
        try {
            int work = 0;
            for (Agent agent : agents) {
                agent.activity().begin();
                work += agent.doWork();
                host.takeTimeOwed();
                agent.activity().end();
            }
            return work > 0;
        } catch (ProcessDeath death) {
            throw death;
        } catch (Error failure) {
            stopped = true;
            guard.tell(new ThreadFailedException(name, failure));
        } catch (Throwable failure) {
            stopped = true;
            guard.tell(failure);
        }
        return false;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return busy.awaitFree(patience);
    }

    @Override
    public Set<Thread> threads() {
        return Set.of();
    }
}
