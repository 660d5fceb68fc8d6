package io.raftboot.demo.process;

import java.util.ArrayList;
import java.util.List;

/** Changes of the members of a group under load, one after the other. Each step is measured by itself, starts of processes apart. */
final class MemberCourses implements AutoCloseable {
    private final ChangingCluster cluster;
    private final Operator operator;
    private final Steps steps;
    private long newestId = 1;

    /** Starts a group of one, and its callers. */
    MemberCourses(ChangingCluster cluster) {
        this.cluster = cluster;
        this.operator = new Operator(cluster);
        cluster.found(1);
        this.steps = new Steps(cluster);
    }

    /** Ends the callers, sees to it that every command is accounted for, and tells what the steps cost. */
    void end(CourseReport report) throws Exception {
        steps.end(report);
    }

    @Override
    public void close() {
        steps.close();
        cluster.close();
    }

    private void step(String operation, Runnable action) {
        var unused = steps.run(operation, action);
    }

    /** Starts a process that is to become a member, under an id that was never used. */
    private long startNew() {
        newestId++;
        var ids = List.of(newestId);
        step("start of a process", () -> cluster.join(ids));
        return newestId;
    }

    private List<Long> startTwo() {
        newestId += 2;
        var ids = List.of(newestId - 1, newestId);
        step("start of two processes", () -> cluster.join(ids));
        return ids;
    }

    private void add(String operation) {
        long id = startNew();
        step(operation, () -> {
            operator.add(id);
            cluster.serve(id);
        });
    }

    private void remove(String operation, long id) {
        step(operation, () -> {
            operator.remove(id);
            operator.awaitRemoved(id);
        });
        cluster.dismiss(id);
    }

    private List<Long> followers() {
        long leader = operator.leader();
        return cluster.ids().stream().filter(id -> id != leader).toList();
    }

    /** From one member to three, one at a time. */
    void growToThree() {
        add("1 → 3, one at a time");
        add("1 → 3, one at a time");
    }

    /** From one member to three at one moment. */
    void growToThreeAtOnce() {
        grow("1 → 3, at one moment");
    }

    private void grow(String operation) {
        List<Long> wanted = new ArrayList<>(cluster.ids());
        List<Long> in = startTwo();
        wanted.addAll(in);
        step(operation, () -> {
            operator.set(wanted);
            in.forEach(cluster::serve);
        });
    }

    void growToFive() {
        grow("3 → 5, at one moment");
    }

    void shrinkToThree() {
        var out = followers().subList(0, 2);
        var wanted = cluster.ids().stream().filter(id -> !out.contains(id)).toList();
        step("5 → 3, at one moment", () -> {
            operator.set(wanted);
            out.forEach(operator::awaitRemoved);
        });
        out.forEach(cluster::dismiss);
    }

    void replaceOneByOne() {
        for (long old : cluster.ids()) {
            add("all replaced one by one: add");
            remove("all replaced one by one: remove" + (operator.leader() == old ? " who leads" : ""), old);
        }
    }

    void replaceTwoJointly() {
        var out = followers().subList(0, 2);
        List<Long> in = startTwo();
        step("two replaced at one moment", () -> {
            operator.replace(in, out);
            in.forEach(cluster::serve);
            out.forEach(operator::awaitRemoved);
        });
        out.forEach(cluster::dismiss);
    }

    /** Two of three go, and one of them leads. */
    void replaceTwoWithTheLeader() {
        List<Long> out = List.of(operator.leader(), followers().get(0));
        List<Long> in = startTwo();
        step("two replaced at one moment, one leads", () -> {
            operator.replace(in, out);
            in.forEach(cluster::serve);
            out.forEach(operator::awaitRemoved);
        });
        out.forEach(cluster::dismiss);
    }

    void removeLeader() {
        remove("leader removed", operator.leader());
    }

    void addOne() {
        add("added after the leader was removed");
    }

    /** A follower's process dies, and its directory is gone. */
    private long lose() {
        long id = followers().get(0);
        step("a follower killed", () -> {
            cluster.process(id).kill();
            cluster.withdraw(id);
        });
        cluster.wipe(id);
        return id;
    }

    void replaceWipedByHand() {
        long id = lose();
        step("wiped, by hand: remove", () -> operator.remove(id));
        step("start of a process", () -> cluster.join(List.of(id)));
        step("wiped, by hand: add", () -> {
            operator.add(id);
            cluster.serve(id);
        });
    }

    /** It comes back as it was, but with an empty directory. */
    void replaceWipedByItself() {
        long id = followers().get(0);
        String incarnation = operator.incarnation(id);
        long lost = lose();
        cluster.relocate(lost, cluster.raftPort(lost));
        step("start of a process", () -> cluster.start(lost));
        step("wiped, by itself", () -> {
            operator.awaitReplaced(lost, incarnation);
            cluster.serve(lost);
        });
    }

    /** The group is told of the new addresses of all, and each is started there, one after the other. */
    void moveAll() {
        var ids = cluster.ids();
        var ports = ServerPorts.some(ids.size());
        step("addresses of all changed by one call", () -> operator.move(ids, ports));
        for (int i = 0; i < ids.size(); i++) {
            restartAt(ids.get(i), ports.get(i));
        }
    }

    /** The same with one, by the call for one. */
    void moveOne() {
        long id = followers().get(0);
        int port = ServerPorts.one();
        step("address of one changed", () -> operator.move(id, port));
        restartAt(id, port);
    }

    private void restartAt(long id, int port) {
        endGuarded(id, "moved: end of a process");
        cluster.relocate(id, port);
        step("start of a process", () -> cluster.start(id));
        step("moved: back in service", () -> cluster.serve(id));
    }

    /** All stop, and come back under new ports that all of them are told: nobody can be served meanwhile. */
    void restartAllElsewhere() {
        var ids = cluster.ids();
        step("all stopped and started under new ports", () -> {
            ids.forEach(id -> cluster.process(id).stop());
            cluster.moveAll(ids);
            ids.forEach(id -> cluster.process(id).start());
            ids.forEach(cluster::serve);
        });
    }

    void rollingRestart() {
        for (long id : cluster.ids()) {
            endGuarded(id, "rolling restart: end of a process");
            step("start of a process", () -> cluster.start(id));
            step("rolling restart: back in service", () -> cluster.serve(id));
        }
    }

    /** As Kubernetes does: no callers more, the hook, and the signal. */
    private void endGuarded(long id, String operation) {
        step(operation, () -> {
            cluster.withdraw(id);
            operator.awaitNotCritical(id);
            cluster.process(id).stop();
        });
    }
}
