package io.raftboot.replica;

import static io.raftboot.replica.TestCluster.PATIENCE;
import static io.raftboot.replica.TestCluster.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftboot.api.ChangeOptions;
import io.raftboot.api.ChangeOutcome;
import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.api.MemberChange;
import io.raftboot.api.MembershipView;
import io.raftboot.api.MembershipView.State;
import io.raftboot.api.Outcome;
import io.raftboot.api.event.EventType;
import io.raftboot.replica.change.ChangeDriver;
import io.raftboot.replica.config.MembershipPolicy;
import io.raftboot.replica.config.StorageKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The members of a group that works are changed by what the group itself agrees on. */
class MembershipTests {
    private static final MembershipPolicy POLICY = MembershipPolicy.defaults().withStableAfter(Duration.ofMillis(100));

    private TestCluster cluster = cluster(3);

    private static TestCluster cluster(int size) {
        return new TestCluster(size, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(POLICY));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private void startWith(int size) {
        cluster.close();
        cluster = cluster(size);
        if (size == 1) {
            cluster.alone(1);
        }
        cluster.start();
    }

    private static MemberChange.Address at(long id) {
        return new MemberChange.Address(id, "member" + id + ":7400");
    }

    private static MemberChange add(long id) {
        return new MemberChange.Add(at(id), MemberChange.Promotion.AUTO);
    }

    private static MemberChange.Wanted wanted(long id) {
        return new MemberChange.Wanted(id, "member" + id + ":7400", true);
    }

    private ChangeOutcome ask(long through, MemberChange change) {
        return get(cluster.replica(through).membership().change(change, ChangeOptions.DEFAULTS));
    }

    private MembershipView.Change accepted(long through, MemberChange change) {
        var outcome = ask(through, change);
        assertThat(outcome).isInstanceOf(ChangeOutcome.Accepted.class);
        return ((ChangeOutcome.Accepted) outcome).change();
    }

    private ChangeOutcome.Refused refused(long through, MemberChange change) {
        var outcome = ask(through, change);
        assertThat(outcome).isInstanceOf(ChangeOutcome.Refused.class);
        return (ChangeOutcome.Refused) outcome;
    }

    private MembershipView view(long through) {
        return get(cluster.replica(through).membership().view(PATIENCE));
    }

    private MembershipView.Change ended(long through, long changeId) {
        return await().atMost(PATIENCE)
                .until(() -> view(through).change(changeId).orElseThrow(), change -> change.state() != State.RUNNING);
    }

    private List<Long> voters(long through) {
        return view(through).members().stream()
                .filter(MembershipView.Member::voter)
                .map(MembershipView.Member::id)
                .toList();
    }

    private void done(long through, MemberChange change) {
        var end = ended(through, accepted(through, change).id());
        assertThat(end.state()).as(end.toString()).isEqualTo(State.DONE);
    }

    @Test
    void memberThatIsAddedWaitsForItsProcessAndGetsItsVoteWhenItHasCaughtUp() {
        cluster.start();
        long follower = cluster.otherThan(cluster.awaitLeader());
        cluster.applied(1, "a");
        var change = accepted(follower, add(4));
        assertThat(change.state()).isEqualTo(State.RUNNING);
        assertThat(change.steps())
                .extracting(MembershipView.Step::text)
                .containsExactly("add node 4 at member4:7400 as a learner", "give node 4 a vote");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(view(follower).change())
                .isNotNull()
                .extracting(MembershipView.Change::message)
                .asString()
                .contains("the process of node 4 has not announced itself"));

        cluster.join(4).start();
        assertThat(ended(4, change.id()).state()).isEqualTo(State.DONE);
        assertThat(voters(4)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(view(1).source().failureTolerance()).isEqualTo(1);
        cluster.applied(4, "b");
        cluster.awaitCommands(List.of("a", "b"));
        long leader = cluster.awaitLeader();
        assertThat(EventLines.of(cluster.replica(leader).memberEvents(), EventType.MEMBERS))
                .anyMatch(line -> line.matches("INFO change .* of the members waits: .*has not announced itself.*"))
                .anyMatch(line -> line.matches("INFO change .* of the members, step 2: give node 4 a vote"))
                .anyMatch(line -> line.matches("INFO the voters are 1, 2, 3, 4, as of index .*"));
        assertThat(EventLines.of(cluster.replica(4).memberEvents(), EventType.MEMBERS))
                .anyMatch(line -> line.startsWith("INFO node 4: "));
    }

    @Test
    void processThatJoinsSaysThatNobodyHasAskedForIt() {
        cluster.start();
        cluster.awaitLeader();
        var joining = cluster.join(4);
        joining.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(joining.status()).service().trouble())
                        .asString()
                        .contains("nobody has asked to add it"));
        assertThat(view(2).joining()).singleElement().satisfies(process -> {
            assertThat(process.id()).isEqualTo(4);
            assertThat(process.address()).isEqualTo("member4:7400");
        });

        // Nobody who could be asked to add it is there any more, which is what it waits for then.
        cluster.replica(1).stop();
        cluster.replica(2).stop();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(joining.status()).service().trouble())
                        .asString()
                        .contains("no leader hears of it any more"));
    }

    @Test
    void memberThatIsRemovedStopsAndItsDirectoryIsRefused() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long gone = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        done(leader, new MemberChange.Remove(gone));
        var removed = cluster.replica(gone);
        await().atMost(PATIENCE).until(() -> removed.state() == ReplicaState.REMOVED);
        assertThat(removed.failure()).hasMessageContaining("node " + gone + " was removed from the group");
        assertThatThrownBy(removed::start)
                .isInstanceOf(ReplicaStartException.class)
                .hasMessageContaining("was removed from its cluster")
                .hasMessageContaining("add it anew");
        cluster.applied(leader, "b");
    }

    @Test
    void memberThatWasAwayWhenItWasRemovedIsToldSo() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long gone = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        awaitAddresses(leader);
        cluster.replica(gone).stop();
        done(leader, new MemberChange.Remove(gone));

        cluster.replica(gone).start();
        await().atMost(PATIENCE).until(() -> cluster.replica(gone).state() == ReplicaState.REMOVED);
    }

    @Test
    void leaderThatIsRemovedHandsOverFirst() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long other = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        done(other, new MemberChange.Remove(leader));
        await().atMost(PATIENCE).until(() -> cluster.replica(leader).state() == ReplicaState.REMOVED);
        cluster.applied(other, "b");
        assertThat(voters(other)).hasSize(2).doesNotContain(leader);
    }

    @Test
    void groupGrowsFromOneToFiveAndShrinksToThree() {
        startWith(1);
        cluster.awaitLeader();
        cluster.applied(1, "a");
        for (long id = 2; id <= 5; id++) {
            cluster.join(id).start();
        }
        done(1, new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(3))));
        assertThat(voters(2)).containsExactly(1L, 2L, 3L);
        done(1, new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(3), wanted(4), wanted(5))));
        assertThat(voters(5)).containsExactly(1L, 2L, 3L, 4L, 5L);
        cluster.applied(5, "b");
        done(4, new MemberChange.Target(List.of(wanted(3), wanted(4), wanted(5))));
        assertThat(voters(4)).containsExactly(3L, 4L, 5L);
        await().atMost(PATIENCE).until(() -> cluster.replica(1).state() == ReplicaState.REMOVED);
        await().atMost(PATIENCE).until(() -> cluster.replica(2).state() == ReplicaState.REMOVED);
        cluster.applied(3, "c");
        cluster.awaitCommands(List.of("a", "b", "c"));
    }

    @Test
    void allMembersAreReplacedAtOnce() {
        cluster.start();
        cluster.awaitLeader();
        cluster.applied(1, "a");
        for (long id = 4; id <= 6; id++) {
            cluster.join(id).start();
        }
        var change = accepted(1, new MemberChange.Replace(List.of(at(4), at(5), at(6)), List.of(1L, 2L, 3L)));
        await().atMost(PATIENCE).until(() -> view(4).member(4).isPresent());
        assertThat(ended(4, change.id()).state()).isEqualTo(State.DONE);
        assertThat(voters(4)).containsExactly(4L, 5L, 6L);
        cluster.applied(6, "b");
    }

    @Test
    void changeGoesOnUnderTheNextLeader() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var change = accepted(leader, add(4));
        cluster.replica(leader).stop();
        long next = cluster.awaitLeader();
        assertThat(view(next).change())
                .isNotNull()
                .extracting(MembershipView.Change::id)
                .isEqualTo(change.id());
        cluster.replica(leader).start();
        cluster.join(4).start();
        assertThat(ended(next, change.id()).state()).isEqualTo(State.DONE);
    }

    @Test
    void memberThatWasRemovedComesBackWithAnEmptyDirectoryOnly() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long gone = cluster.otherThan(leader);
        done(leader, new MemberChange.Remove(gone));
        await().atMost(PATIENCE).until(() -> cluster.replica(gone).state() == ReplicaState.REMOVED);
        var change = accepted(leader, add(gone));
        assertThat(view(leader).change()).isNotNull();
        cluster.replica(gone).stop();
        cluster.emptyDisk(gone);
        cluster.rejoin(gone).start();
        assertThat(ended(leader, change.id()).state()).isEqualTo(State.DONE);
        cluster.applied(gone, "a");
    }

    /**
     * As where an orchestrator starts each process with the same settings, and its volume is lost. Its state machines are asked twice in one
     * process how far they are; one of them keeps its state itself.
     */
    @Test
    void memberThatWasRemovedComesBackAsOneOfTheFirstMembersToo() {
        cluster.close();
        cluster = new TestCluster(
                3,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.membership(POLICY),
                id -> Map.of(DurableMachine.NAME, new DurableMachine(new DurableMachine.Database())));
        cluster.start();
        long leader = cluster.awaitLeader();
        long gone = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        cluster.replica(gone).stop();
        cluster.emptyDisk(gone);
        cluster.renew(gone).start();
        done(leader, new MemberChange.Remove(gone));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        get(cluster.replica(gone).status()).service().trouble())
                .asString()
                .contains("nobody has asked to add it"));
        assertThat(cluster.replica(gone).state()).isEqualTo(ReplicaState.RUNNING);
        done(leader, add(gone));
        cluster.applied(gone, "a");
        await().atMost(PATIENCE).until(() -> voters(leader).contains(gone));
    }

    @Test
    void directoriesOfAMajorityThatAreLostAtOnceBeginNoClusterBesideTheOneThatIsLeft() {
        cluster.start();
        long leader = cluster.awaitLeader();
        cluster.applied(leader, "a");
        long left = cluster.otherThan(leader);
        // The one that is left has to have heard by which directories the others are known.
        awaitAddresses(left);
        cluster.applied(left, "b");
        var lost = LongStream.of(1, 2, 3).filter(id -> id != left).toArray();
        LongStream.of(1, 2, 3).forEach(id -> cluster.replica(id).stop());
        LongStream.of(lost).forEach(cluster::emptyDisk);
        cluster.renew(left).start();
        LongStream.of(lost).forEach(id -> cluster.renew(id).start());
        for (long id : lost) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            get(cluster.replica(id).status()).service().trouble())
                    .asString()
                    .contains("this process joins"));
            assertThat(cluster.machine(id).commands()).isEmpty();
        }
        assertThat(get(cluster.replica(left).status()).refusals().values())
                .allSatisfy(refusal -> assertThat(refusal).contains("with another data directory"));
    }

    @Test
    void whatCanNotBeIsRefusedAndNothingIsChanged() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        await().atMost(PATIENCE).until(() -> view(leader).members().stream()
                .noneMatch(member -> member.address().isEmpty()));
        long version = view(leader).version();
        assertThat(refused(follower, new MemberChange.Remove(9)).reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(refused(follower, new MemberChange.Promote(9)).reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(refused(follower, add(2)).reason()).isEqualTo(Reason.EXISTS);
        assertThat(refused(
                        follower,
                        new MemberChange.Add(new MemberChange.Address(4, "nowhere"), MemberChange.Promotion.AUTO)))
                .satisfies(no -> assertThat(no.reason()).isEqualTo(Reason.INVALID))
                .satisfies(no -> assertThat(no.message()).contains("'nowhere'").contains("HOST:PORT"));
        assertThat(refused(
                                follower,
                                new MemberChange.Add(
                                        new MemberChange.Address(4, "member2:7400"), MemberChange.Promotion.AUTO))
                        .message())
                .contains("is where node 2 is");
        assertThat(refused(follower, new MemberChange.Target(List.of(wanted(1), wanted(1))))
                        .reason())
                .isEqualTo(Reason.INVALID);
        assertThat(refused(follower, new MemberChange.Target(List.of())).reason())
                .isEqualTo(Reason.MAJORITY);
        var stale = get(cluster.replica(follower)
                .membership()
                .change(new MemberChange.Remove(follower), ChangeOptions.DEFAULTS.withVersion(version + 1)));
        assertThat(((ChangeOutcome.Refused) stale).reason()).isEqualTo(Reason.STALE);
        assertThat(view(leader).version()).isEqualTo(version);
        assertThat(view(leader).change()).isNull();
    }

    /** Of the first configuration too, which no entry has changed. */
    @Test
    void changeThatWasMadeForAnEarlierConfigurationIsRefused() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long follower = cluster.otherThan(leader);
        long first = view(leader).version();
        assertThat(first).isZero();
        done(leader, new MemberChange.Demote(follower));
        for (long version : new long[] {first, view(leader).version() - 1}) {
            var outcome = get(cluster.replica(follower)
                    .membership()
                    .change(new MemberChange.Remove(follower), ChangeOptions.DEFAULTS.withVersion(version)));
            assertThat(((ChangeOutcome.Refused) outcome).reason())
                    .as("version " + version)
                    .isEqualTo(Reason.STALE);
        }
        var options = ChangeOptions.DEFAULTS.withVersion(view(leader).version());
        var outcome = get(cluster.replica(follower).membership().change(new MemberChange.Remove(follower), options));
        assertThat(outcome).isInstanceOf(ChangeOutcome.Accepted.class);
    }

    @Test
    void lastMajorityCanNotBeRemoved() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long down = cluster.otherThan(leader);
        long up = 6 - leader - down;
        cluster.replica(down).stop();
        await().atMost(PATIENCE)
                .until(() -> Integer.valueOf(0).equals(view(leader).source().failureTolerance()));
        assertThat(refused(leader, new MemberChange.Remove(up)).reason()).isEqualTo(Reason.MAJORITY);
        assertThat(refused(leader, new MemberChange.Demote(up)).reason()).isEqualTo(Reason.MAJORITY);
        assertThat(view(leader).criticalBecauseOf(up)).contains("of 3 voters 2 are needed");
        assertThat(view(leader).criticalBecauseOf(down)).isNull();
        // Who is dead can go all the same.
        done(leader, new MemberChange.Remove(down));
        assertThat(refused(leader, new MemberChange.Remove(9)).reason()).isEqualTo(Reason.UNKNOWN);
    }

    @Test
    void secondChangeWaitsForTheFirstToBeCancelled() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var first = accepted(leader, add(4));
        var second = refused(cluster.otherThan(leader), add(5));
        assertThat(second.reason()).isEqualTo(Reason.CHANGE_RUNNING);
        assertThat(second.message()).contains("change " + first.id());
        var cancelled = get(cluster.replica(leader).membership().cancel(first.id(), "an operator"));
        assertThat(cancelled).isInstanceOf(ChangeOutcome.Accepted.class);
        assertThat(ended(leader, first.id())).satisfies(change -> {
            assertThat(change.state()).isEqualTo(State.CANCELLED);
            assertThat(change.message()).contains("an operator");
        });
        assertThat(accepted(leader, add(5)).id()).isGreaterThan(first.id());
    }

    @Test
    void leaderSaysWhatBecameOfAChange() {
        try (var log = LogLines.of(ChangeDriver.class)) {
            cluster.start();
            long leader = cluster.awaitLeader();
            long id = accepted(leader, add(4)).id();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.lines())
                    .contains("INFO change " + id
                            + " of the members waits: the process of node 4 has not announced itself:"
                            + " start it to join, with the address of at least one member"));
            get(cluster.replica(leader).membership().cancel(id, "an operator"));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.lines())
                    .contains("INFO change " + id + " of the members was cancelled"));
            var demotion = accepted(leader, new MemberChange.Demote(cluster.otherThan(leader)));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(log.lines())
                    .contains("INFO change " + demotion.id() + " of the members is done"));
        }
    }

    @Test
    void changeThatIsAskedForTwiceUnderOneKeyIsOne() {
        cluster.start();
        long leader = cluster.awaitLeader();
        var options = ChangeOptions.DEFAULTS.withIdempotencyKey("k").withBy("me");
        var first = get(cluster.replica(leader).membership().change(add(4), options));
        var second = get(cluster.replica(cluster.otherThan(leader)).membership().change(add(4), options));
        assertThat(((ChangeOutcome.Accepted) second).change().id())
                .isEqualTo(((ChangeOutcome.Accepted) first).change().id());
        assertThat(((ChangeOutcome.Accepted) second).change().by()).isEqualTo("me");
        var other = get(cluster.replica(leader).membership().change(add(5), options));
        assertThat(((ChangeOutcome.Refused) other).message()).contains("was used for another change");
    }

    /** Leaders name changes of their own, too: those names must be nobody else's. */
    @Test
    void changeOfAnOperatorIsCarriedOutWhateverItsKeyIs() {
        cluster.start();
        long leader = cluster.awaitLeader();
        cluster.join(4).start();
        var options = ChangeOptions.DEFAULTS.withIdempotencyKey("order-4711");
        var outcome = get(cluster.replica(leader).membership().change(add(4), options));
        var end = ended(leader, ((ChangeOutcome.Accepted) outcome).change().id());
        assertThat(end.state()).as(end.toString()).isEqualTo(State.DONE);
    }

    @Test
    void planSaysWhatWouldBeDoneAndDoesNothing() {
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        var plan = get(cluster.replica(leader)
                .membership()
                .plan(new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(4))), ChangeOptions.DEFAULTS));
        assertThat(((ChangeOutcome.Planned) plan).steps())
                .extracting(MembershipView.Step::text)
                .containsExactly(
                        "add node 4 at member4:7400 as a learner", "at one moment: give node 4 a vote, remove node 3");
        assertThat(view(leader).change()).isNull();
    }

    @Test
    void memberIsPromotedAndDemotedByHand() {
        cluster.start();
        long leader = cluster.awaitLeader();
        cluster.join(4).start();
        done(leader, new MemberChange.Add(at(4), MemberChange.Promotion.MANUAL));
        assertThat(view(4).member(4).orElseThrow().role()).isEqualTo("learner");
        await().atMost(PATIENCE)
                .until(() -> ask(leader, new MemberChange.Promote(4)) instanceof ChangeOutcome.Accepted);
        await().atMost(PATIENCE).until(() -> voters(leader).contains(4L));
        done(leader, new MemberChange.Demote(leader));
        assertThat(view(4).member(leader).orElseThrow().role()).isEqualTo("learner");
        assertThat(cluster.awaitLeader()).isNotEqualTo(leader);
    }

    @Test
    void wipedVoterTakesItsOwnPlaceWhereThatIsWanted() {
        cluster.close();
        cluster = new TestCluster(
                3, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(POLICY.withReplaceWiped(true)));
        cluster.start();
        long leader = cluster.awaitLeader();
        long wiped = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        awaitAddresses(leader);
        long before = view(leader).member(wiped).orElseThrow().incarnation();
        wipe(wiped);
        await().atMost(PATIENCE).until(() -> view(leader)
                .member(wiped)
                .filter(member -> member.incarnation() != before)
                .isPresent());
        await().atMost(PATIENCE).until(() -> voters(leader).contains(wiped));
        assertThat(view(leader).past().get(0).by()).isEqualTo("raft.membership.replace-wiped");
        cluster.applied(wiped, "b");
        cluster.awaitCommands(List.of("a", "b"));
    }

    /** A volume lost a second time, before its member has its vote back: the vote is owed to it all the same. */
    @Test
    void voterThatIsWipedAgainBeforeItHasItsVoteBackGetsIt() {
        cluster.close();
        cluster = new TestCluster(
                3,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.membership(POLICY.withReplaceWiped(true).withStableAfter(Duration.ofSeconds(3))));
        cluster.start();
        long leader = cluster.awaitLeader();
        long wiped = cluster.otherThan(leader);
        cluster.applied(leader, "a");
        awaitAddresses(leader);
        wipe(wiped);
        await().atMost(PATIENCE).until(() -> view(leader)
                .member(wiped)
                .filter(member -> member.role().equals("learner"))
                .isPresent());
        wipe(wiped);
        await().atMost(PATIENCE).until(() -> voters(leader).contains(wiped));
        cluster.applied(wiped, "b");
        cluster.awaitCommands(List.of("a", "b"));
    }

    @Test
    void wipedVoterStaysOutWhileAnotherOneIsAway() {
        cluster.close();
        cluster = new TestCluster(
                3, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(POLICY.withReplaceWiped(true)));
        cluster.start();
        long leader = cluster.awaitLeader();
        long wiped = cluster.otherThan(leader);
        long other = 6 - leader - wiped;
        cluster.applied(leader, "a");
        awaitAddresses(leader);
        cluster.replica(wiped).stop();
        cluster.emptyDisk(wiped);
        cluster.replica(other).stop();
        cluster.renew(wiped).start();
        await().atMost(PATIENCE)
                .until(() -> !get(cluster.replica(wiped).status()).refusals().isEmpty());
        assertThat(get(cluster.replica(leader).membership().view(Duration.ofMillis(100)))
                        .past())
                .isEmpty();
        cluster.replica(other).start();
        await().atMost(PATIENCE).until(() -> cluster.submit(other, "b") instanceof Outcome.Applied);
        await().atMost(PATIENCE).until(() -> cluster.machine(wiped).commands().contains("b"));
    }

    @Test
    void processThatAnnouncesItselfIsAddedWhereThatIsWanted() {
        cluster.close();
        cluster = new TestCluster(
                3, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(POLICY.withAcceptJoins(true)));
        cluster.start();
        long leader = cluster.awaitLeader();
        cluster.applied(leader, "a");
        cluster.join(4).start();
        await().atMost(PATIENCE).until(() -> voters(leader).contains(4L));
        cluster.applied(4, "b");
        done(leader, new MemberChange.Remove(4));
        await().atMost(PATIENCE).until(() -> cluster.replica(4).state() == ReplicaState.REMOVED);
        // Who was removed waits for somebody to want it back.
        cluster.replica(4).stop();
        cluster.emptyDisk(4);
        var again = cluster.rejoin(4);
        again.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(again.status()).service().trouble())
                        .asString()
                        .contains("raft.membership.accept-joins does not add it: node 4 was removed before")
                        .contains("so somebody has to ask for it"));
    }

    @Test
    void processThatAnnouncesItselfIsToldWhatComesFirst() {
        cluster.close();
        cluster = new TestCluster(
                3, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(POLICY.withAcceptJoins(true)));
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        var first = accepted(leader, new MemberChange.Add(at(5), MemberChange.Promotion.AUTO));
        var joining = cluster.join(4);
        joining.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(joining.status()).service().trouble())
                        .asString()
                        .contains("change " + first.id() + " is under way, and comes first"));
        get(cluster.replica(leader).membership().cancel(first.id(), "an operator"));
        await().atMost(PATIENCE).until(() -> voters(leader).contains(4L));
    }

    /** Nobody has asked for the change of the one that died, and nobody may be there to end it. */
    @Test
    void processThatDiesWhileItComesInHoldsUpNoOther() {
        cluster.close();
        var policy = POLICY.withAcceptJoins(true).withStableAfter(Duration.ofSeconds(1));
        cluster = new TestCluster(3, StorageKind.MEMORY, Path.of("unused"), config -> config.membership(policy));
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        var dying = cluster.join(4);
        dying.start();
        await().atMost(PATIENCE).until(() -> view(leader).member(4).isPresent());
        dying.stop();
        assertThat(voters(leader)).containsExactly(1L, 2L, 3L);

        cluster.join(5).start();
        await().atMost(PATIENCE).until(() -> voters(leader).contains(5L));
        assertThat(view(leader).past())
                .filteredOn(change -> change.state() == State.FAILED)
                .extracting(MembershipView.Change::message)
                .containsExactly("nothing is heard of its member any more, and something else is to be done");

        // What it came for is not forgotten.
        cluster.renew(4).start();
        await().atMost(PATIENCE).until(() -> voters(leader).equals(List.of(1L, 2L, 3L, 4L, 5L)));

        // Unless somebody wants it to be otherwise.
        done(leader, new MemberChange.Demote(4));
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> voters(leader)
                .equals(List.of(1L, 2L, 3L, 5L)));
    }

    @Test
    void groupDoesNotGrowPastItsTarget() {
        cluster.close();
        cluster = new TestCluster(
                3,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.membership(POLICY.withAcceptJoins(true).withMaxVoters(3)));
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        cluster.join(4).start();
        await().atMost(PATIENCE)
                .until(() -> view(leader).past().stream().anyMatch(change -> change.state() == State.DONE));
        assertThat(view(leader).member(4)).isPresent();
        assertThat(voters(leader)).containsExactly(1L, 2L, 3L);

        long gone = cluster.otherThan(leader);
        var most = new AtomicInteger();
        var change = accepted(
                leader,
                new MemberChange.Target(LongStream.rangeClosed(1, 4)
                        .filter(id -> id != gone)
                        .mapToObj(MembershipTests::wanted)
                        .toList()));
        await().atMost(PATIENCE).until(() -> {
            // While both sets of voters have to agree, one of them is who goes, and the other one who comes.
            for (var half : view(leader).halves()) {
                most.accumulateAndGet(half.size(), Math::max);
            }
            return view(leader).change(change.id()).orElseThrow().state() != State.RUNNING;
        });
        assertThat(most).hasValue(3);
        assertThat(voters(leader)).hasSize(3).contains(4L).doesNotContain(gone);
    }

    @Test
    void deadVoterIsSeenAndLowersTheTolerance() {
        cluster.start();
        long leader = cluster.awaitLeader();
        long dead = cluster.otherThan(leader);
        long other = 6 - leader - dead;
        await().atMost(PATIENCE)
                .until(() -> Integer.valueOf(1).equals(view(other).source().failureTolerance()));
        cluster.replica(dead).stop();
        await().atMost(PATIENCE)
                .until(() -> Integer.valueOf(0).equals(view(other).source().failureTolerance()));
        assertThat(view(other).member(dead).orElseThrow().contact()).isNotNull().matches(contact -> !contact.healthy());
    }

    @Test
    void membersChangeWhileOneIsOffline() {
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        long offline = cluster.otherThan(leader);
        cluster.replica(offline).stop();
        cluster.applied(leader, "a");
        cluster.join(4).start();
        done(leader, add(4));
        assertThat(voters(leader)).containsExactly(1L, 2L, 3L, 4L);
        done(leader, new MemberChange.Remove(offline));
        assertThat(voters(leader)).hasSize(3).contains(4L).doesNotContain(offline);
        cluster.applied(4, "b");
    }

    @Test
    void noChangeIsDroppedInSilence() {
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        for (int round = 0; round < 5; round++) {
            var asked = new ArrayList<CompletableFuture<ChangeOutcome>>();
            for (long through = 1; through <= 3; through++) {
                for (long id = 4; id <= 6; id++) {
                    asked.add(cluster.replica(through).membership().change(add(id), ChangeOptions.DEFAULTS));
                }
            }
            var outcomes = asked.stream().map(TestCluster::get).toList();
            assertThat(outcomes).doesNotHaveAnyElementsOfTypes(ChangeOutcome.Undecided.class);
            var accepted = outcomes.stream()
                    .filter(ChangeOutcome.Accepted.class::isInstance)
                    .map(outcome -> ((ChangeOutcome.Accepted) outcome).change().id())
                    .toList();
            assertThat(accepted).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(ChangeOutcome.Refused.class::isInstance)
                    .hasSize(8)
                    .allSatisfy(outcome -> assertThat(((ChangeOutcome.Refused) outcome).reason())
                            .isIn(Reason.CHANGE_RUNNING, Reason.EXISTS));
            get(cluster.replica(2).membership().cancel(accepted.get(0), "test"));
            assertThat(ended(3, accepted.get(0)).state()).isEqualTo(State.CANCELLED);
        }
        assertThat(voters(leader)).containsExactly(1L, 2L, 3L);
    }

    /** Whoever wishes again and again for what there is pushes nothing out of what is remembered; under a key it is one change for good. */
    @Test
    void wishForTheMembersThatThereAreWritesNothing() {
        cluster.start();
        long leader = cluster.awaitLeader();
        awaitAddresses(leader);
        var all = new MemberChange.Target(List.of(wanted(1), wanted(2), wanted(3)));
        assertThat(accepted(leader, all)).satisfies(change -> {
            assertThat(change.id()).isZero();
            assertThat(change.state()).isEqualTo(State.DONE);
        });
        assertThat(view(leader).past()).isEmpty();
        var keyed = ChangeOptions.DEFAULTS.withIdempotencyKey("k");
        var first = get(cluster.replica(leader).membership().change(all, keyed));
        long id = ((ChangeOutcome.Accepted) first).change().id();
        assertThat(id).isPositive();
        done(leader, new MemberChange.Demote(cluster.otherThan(leader)));
        var again = get(cluster.replica(leader).membership().change(all, keyed));
        assertThat(((ChangeOutcome.Accepted) again).change().id()).isEqualTo(id);
        assertThat(voters(leader)).hasSize(2);
    }

    /** Its directory is lost, and it starts again. */
    private void wipe(long id) {
        cluster.replica(id).stop();
        cluster.emptyDisk(id);
        cluster.renew(id).start();
    }

    private void awaitAddresses(long through) {
        await().atMost(PATIENCE).until(() -> view(through).members().stream()
                .noneMatch(member -> member.address().isEmpty()));
    }

    @Test
    void groupThatHasShrunkToOneStartsAloneAndGrowsAgain(@TempDir Path dir) {
        cluster.close();
        cluster = new TestCluster(2, StorageKind.WAL, dir, config -> config.membership(POLICY));
        cluster.start();
        long leader = cluster.awaitLeader();
        long gone = 3 - leader;
        cluster.applied(leader, "a");
        done(leader, new MemberChange.Remove(gone));
        assertThat(refused(leader, new MemberChange.Remove(leader)).reason()).isEqualTo(Reason.MAJORITY);
        cluster.replica(leader).stop();
        var alone = cluster.alone(leader);
        alone.start();
        await().atMost(PATIENCE).until(alone::isLeader);
        cluster.applied(leader, "b");
        cluster.join(4).start();
        done(leader, add(4));
        cluster.applied(4, "c");
    }

    @Test
    void nobodyIsAddedToStateThatCanNotBeSaved() {
        cluster.close();
        cluster = new TestCluster(
                1,
                StorageKind.MEMORY,
                Path.of("unused"),
                config -> config.membership(POLICY),
                id -> Map.of("unsavable", new StubMachine() {
                    @Override
                    public boolean hasSnapshots() {
                        return false;
                    }
                }));
        cluster.start();
        cluster.awaitLeader();
        var refusal = refused(1, add(2));
        assertThat(refusal.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refusal.message()).contains("[unsavable]").contains("no snapshots");
    }
}
