package io.raftboot.chaos;

import io.raftboot.chaos.Plan.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Kills, pauses, restarts, clocks and certificates. Owned by the thread of a track. */
final class ProcessFaults {
    private static final long ANSWER_MILLIS = 3_000;
    private static final int CLOCK_LOOKS = 40;
    private static final int LOOK_MILLIS = 250;
    private static final int LEAST_JUMP_SECONDS = 6;
    private static final int GREATEST_WALL_JUMP_SECONDS = 3_600;
    private static final int GREATEST_MONOTONIC_JUMP_SECONDS = 30;

    private final Cluster cluster;
    private final Ground ground;
    private final FaultLog faults;
    private final Run run;

    ProcessFaults(Cluster cluster, Ground ground, FaultLog faults, Run run) {
        this.cluster = cluster;
        this.ground = ground;
        this.faults = faults;
        this.run = run;
    }

    void make(Action action) {
        switch (action.fault()) {
            case KILL -> kill(action);
            case PAUSE -> pause(action);
            case ROLLING_RESTART -> restartOneByOne(action);
            case WALL_CLOCK -> jump(action, GREATEST_WALL_JUMP_SECONDS);
            case MONOTONIC_CLOCK -> jump(action, GREATEST_MONOTONIC_JUMP_SECONDS);
            case CERTIFICATES -> renew(action);
            case WRONG_CERTIFICATE -> impostor(action);
            default -> throw new IllegalArgumentException(action.fault() + " is not done to processes");
        }
    }

    private void kill(Action action) {
        var victims = victims(action.random(), 12);
        var fault = faults.begin(action.fault(), String.valueOf(victims));
        int killed = 0;
        for (ClusterMember victim : victims) {
            killed += victim.kill() ? 1 : 0;
        }
        run.pause(action.hold());
        cluster.startAll();
        fault.end(killed);
    }

    private void pause(Action action) {
        var victims = victims(action.random(), 4);
        var paused = new ArrayList<ControlledProcess>();
        var fault = faults.begin(action.fault(), victims + " for " + action.hold() + " ms");
        for (ClusterMember victim : victims) {
            var process = victim.process();
            if (process != null && process.isAlive()) {
                signal(process, "STOP");
                paused.add(process);
            }
        }
        run.pause(action.hold());
        int times = (int) paused.stream().filter(ControlledProcess::isPaused).count();
        paused.forEach(process -> signal(process, "CONT"));
        fault.end(times);
    }

    /** Another track may have ended it meanwhile. */
    private static void signal(ControlledProcess process, String name) {
        try {
            process.signal(name);
        } catch (IllegalStateException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    /** The leader half of the time, one of the others, a majority, or all. */
    private List<ClusterMember> victims(SplittableRandom random, int percentAll) {
        var alive = new ArrayList<>(cluster.alive());
        if (alive.isEmpty()) {
            return List.of();
        }
        int draw = random.nextInt(100);
        if (draw < percentAll) {
            return alive;
        }
        if (draw < 40) {
            var leader = cluster.leader();
            if (leader != null) {
                return List.of(leader.member());
            }
        }
        int count = draw < 65 ? 1 : alive.size() / 2 + 1;
        var victims = new ArrayList<ClusterMember>();
        for (; count > 0; count--) {
            victims.add(alive.remove(random.nextInt(alive.size())));
        }
        return victims;
    }

    private void restartOneByOne(Action action) {
        var fault = faults.begin(action.fault(), "");
        boolean allStopped = true;
        for (ClusterMember member : cluster.members()) {
            allStopped &= member.stop() || !cluster.members().contains(member);
            member.start();
            run.pause(action.hold() / 4);
        }
        fault.end(allStopped ? 1 : 0);
    }

    /** Members that do not answer have their new ones from their next start on. */
    private void renew(Action action) {
        var fault = faults.begin(action.fault(), "");
        int renewed = 0;
        for (ClusterMember member : cluster.members()) {
            renewed += member.renewCertificate() ? 1 : 0;
            run.pause(action.hold() / 4);
        }
        fault.end(renewed);
    }

    private void impostor(Action action) {
        var victim = cluster.any(action.random());
        if (victim == null) {
            return;
        }
        var kinds = Certificates.Wrong.values();
        var wrong = kinds[action.random().nextInt(kinds.length)];
        var fault =
                faults.begin(action.fault(), victim + ", wrong " + wrong.name().toLowerCase(Locale.ROOT));
        boolean turnedAway = victim.comeAsAnother(wrong, action.hold());
        victim.start();
        fault.end(turnedAway ? 1 : 0);
    }

    /** To another time and back, which is two jumps in what the member sees, and one here. */
    private void jump(Action action, int greatestSeconds) {
        var victim = cluster.any(action.random());
        if (victim == null) {
            return;
        }
        int seconds = action.random().nextInt(LEAST_JUMP_SECONDS, greatestSeconds + 1)
                * (action.random().nextBoolean() ? 1 : -1);
        boolean monotonic = action.fault() == Fault.MONOTONIC_CLOCK;
        var fault = faults.begin(action.fault(), victim + " by " + seconds + " s");
        ground.setClock(victim.place(), seconds);
        boolean seen = false;
        for (int looks = 0; looks < CLOCK_LOOKS && !seen && !run.isOver(); looks++) {
            run.pause(LOOK_MILLIS);
            // An answer takes its time, which makes less of it.
            seen = Math.abs(ahead(victim, monotonic)) > Math.abs(seconds) * 500L;
        }
        run.pause(action.hold());
        ground.setClock(victim.place(), 0);
        fault.end(seen ? 1 : 0);
    }

    /** How far a member's clock is before the one here, in milliseconds; 0 if it does not say. */
    private static long ahead(ClusterMember member, boolean monotonic) {
        String answer = Answers.within(ANSWER_MILLIS, member.ask("clock"));
        if (answer == null || answer.startsWith("failed")) {
            return 0;
        }
        var words = answer.split(" ", -1);
        // The library gives both clocks the time of the wall.
        long time = monotonic ? TimeUnit.NANOSECONDS.toMillis(Long.parseLong(words[1])) : Long.parseLong(words[0]);
        return time - System.currentTimeMillis();
    }
}
