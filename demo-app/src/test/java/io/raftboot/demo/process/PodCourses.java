package io.raftboot.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;

/** What happens to pods in their life, under load, one after the other. Each course begins and ends with three that are ready. */
final class PodCourses implements AutoCloseable {
    private final PodSet pods;
    private final Operator operator;
    private final Steps steps;

    /** Makes the first three pods at once, and callers of them. */
    PodCourses(PodSet pods) {
        this.pods = pods;
        this.operator = new Operator(pods);
        pods.create(List.of(0, 1, 2));
        pods.awaitReady(List.of(0, 1, 2));
        pods.begun();
        this.steps = new Steps(pods);
    }

    void end(CourseReport report) throws Exception {
        steps.end(report);
    }

    @Override
    public void close() {
        steps.close();
        pods.close();
    }

    /** The highest ordinal first, the next when the one before is ready. */
    void rollingUpdate() {
        pods.ordinals().stream().sorted(Comparator.reverseOrder()).toList().forEach(this::update);
    }

    /** What an update does to the pod that has the most to hand over. */
    void updateLeader() {
        update(Math.toIntExact(operator.leader() - 1));
    }

    /** No command is refused, whoever leads. */
    private void update(int ordinal) {
        boolean leads = operator.leader() == ordinal + 1;
        var ended =
                steps.run("update: end of a pod" + (leads ? " whose member leads" : ""), () -> pods.delete(ordinal));
        assertThat(ended.refusals()).as("refused while a pod ended").isZero();
        var begun = steps.run("update: start of a pod", () -> {
            pods.create(List.of(ordinal));
            pods.awaitReady(List.of(ordinal));
        });
        assertThat(begun.refusals()).as("refused while a pod started").isZero();
    }

    /** A node falls silent with its pod, and is given up: the pod comes back elsewhere, with its volume. */
    void loseNode(boolean ofLeader) {
        int lost = Math.toIntExact(operator.leader() - 1);
        if (!ofLeader) {
            lost = (lost + 1) % 3;
        }
        var ordinals = List.of(lost);
        String whose = ofLeader ? " of the leader" : "";
        steps.run("node" + whose + " lost", () -> {
            pods.loseNode(ordinals.get(0));
            pods.awaitNotReady(ordinals.get(0));
        });
        steps.run("node" + whose + " lost: the pod elsewhere", () -> {
            pods.kill(ordinals);
            pods.create(ordinals);
            pods.awaitReady(ordinals);
        });
    }

    /** Nobody can be served meanwhile. */
    void restartAllUnderNewAddresses() {
        steps.run("all pods at once under new addresses", () -> {
            var all = pods.ordinals();
            pods.kill(all);
            pods.create(all);
            pods.awaitReady(all);
        });
    }

    void scaleUp() {
        var more = List.of(3, 4);
        steps.run("scale 3 → 5: start of the pods", () -> {
            pods.create(more);
            pods.awaitAlive(more);
        });
        steps.run("scale 3 → 5: add the members", () -> {
            more.forEach(ordinal -> operator.add(ordinal + 1));
            pods.awaitReady(more);
        });
    }

    /** First the members go, and then their pods and volumes. */
    void scaleDown() {
        var fewer = List.of(4, 3);
        steps.run(
                "scale 5 → 3: remove the members",
                () -> fewer.forEach(ordinal -> {
                    operator.remove(ordinal + 1);
                    operator.awaitRemoved(ordinal + 1);
                }));
        steps.run(
                "scale 5 → 3: end of the pods",
                () -> fewer.forEach(ordinal -> {
                    pods.delete(ordinal);
                    pods.deleteVolume(ordinal);
                }));
    }

    /** The member is removed, the pod begins with an empty volume, and the member is added as a new one. */
    void loseVolume() {
        int lost = Math.toIntExact(operator.leader() % 3);
        var ordinals = List.of(lost);
        steps.run("volume lost: remove the member", () -> {
            pods.kill(ordinals);
            pods.deleteVolume(lost);
            operator.remove(lost + 1);
        });
        steps.run("volume lost: start of the pod", () -> {
            pods.create(ordinals);
            pods.awaitAlive(ordinals);
        });
        steps.run("volume lost: add the member", () -> {
            operator.add(lost + 1);
            pods.awaitReady(ordinals);
        });
    }
}
