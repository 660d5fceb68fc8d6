package io.raftboot.replica.change;

import io.raftboot.api.ChangeOutcome.Reason;
import io.raftboot.raft.ConfigurationReplay;
import io.raftboot.raft.proto.ConfChangeType;
import io.raftboot.raft.proto.ConfChangeV2;
import io.raftboot.replica.membership.PeerAddresses;
import io.raftboot.replica.proto.ChangeRequest;
import io.raftboot.replica.proto.ChangeStep;
import io.raftboot.replica.proto.MemberAddress;
import io.raftboot.replica.proto.WantedMember;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which steps lead from the members as they are to those that are wanted, or why none do. Voters change at one moment, so that the
 * group is never of an even size that nobody asked for, and never below a majority of either set on the way. Knows nothing but what it
 * is given.
 */
final class ChangePlanner {
    /** Far more than a group of one log can make use of. */
    private static final int MAX_MEMBERS = 64;

    private final Situation present;

    /** What comes of a request. */
    sealed interface Plan {
        /** The steps, in order; none if all is as wanted. */
        record Steps(List<ChangeStep> steps) implements Plan {}

        /** There are none. */
        record Refusal(Reason reason, String message) implements Plan {}
    }

    /** A request that can't be. */
    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Plan.Refusal refusal;

        RefusedException(Reason reason, String message) {
            super(message, null, false, false);
            this.refusal = new Plan.Refusal(reason, message);
        }
    }

    ChangePlanner(Situation present) {
        this.present = present;
    }

    Plan plan(ChangeRequest request) {
        try {
            var wanted = wanted(request);
            var steps = new ChangeSteps(present).to(wanted);
            checkMajorities(steps);
            return new Plan.Steps(steps);
        } catch (RefusedException e) {
            return e.refusal;
        }
    }

    private Map<Long, WantedMember> wanted(ChangeRequest request) {
        var wanted = asIs();
        switch (request.getChangeCase()) {
            case ADD ->
                add(wanted, request.getAdd().getMember(), request.getAdd().getPromote());
            case PROMOTE -> promote(wanted, request.getPromote());
            case DEMOTE -> wanted.put(request.getDemote(), member(known(request.getDemote()), false));
            case REMOVE -> wanted.remove(known(request.getRemove()));
            case MOVE -> move(wanted, request.getMove());
            case REPLACE -> {
                checkNamedOnce(request.getReplace().getInList().stream()
                        .map(MemberAddress::getId)
                        .toList());
                request.getReplace().getInList().forEach(member -> add(wanted, member, true));
                request.getReplace().getOutList().forEach(id -> wanted.remove(known(id)));
            }
            case TARGET -> target(wanted, request.getTarget().getMembersList());
            case CHANGE_NOT_SET ->
                throw new RefusedException(
                        Reason.REFUSED, "the leader does not know this kind of change; update it to this version");
        }
        checkAddresses(wanted.values());
        return wanted;
    }

    /** That an address is not another member's of today is looked at where it is read. */
    private static void checkAddresses(Collection<WantedMember> wanted) {
        var byAddress = new HashMap<String, Long>();
        for (WantedMember member : wanted) {
            String address = member.getAddress().toLowerCase(Locale.ROOT);
            Long other = address.isEmpty() ? null : byAddress.putIfAbsent(address, member.getId());
            if (other != null) {
                throw new RefusedException(
                        Reason.INVALID,
                        "'" + member.getAddress() + "' is written for node " + other + " and for node " + member.getId()
                                + ": each member has an address of its own");
            }
        }
    }

    private Map<Long, WantedMember> asIs() {
        var members = new TreeMap<Long, WantedMember>();
        for (long id : present.ids()) {
            members.put(id, member(id, present.isVoter(id)));
        }
        return members;
    }

    private static WantedMember member(long id, boolean voter) {
        return WantedMember.newBuilder().setId(id).setVoter(voter).build();
    }

    private long known(long id) {
        if (!present.isMember(id)) {
            throw new RefusedException(
                    Reason.UNKNOWN, "node " + id + " is no member; the members are " + present.ids());
        }
        return id;
    }

    private void add(Map<Long, WantedMember> wanted, MemberAddress member, boolean voter) {
        long id = member.getId();
        if (present.isMember(id)) {
            throw new RefusedException(
                    Reason.EXISTS,
                    "node " + id + " is a member already" + (present.address(id).isEmpty() ? "" : ", at ")
                            + present.address(id));
        }
        String closed = present.noNewcomers();
        if (closed != null) {
            throw new RefusedException(Reason.REFUSED, closed);
        }
        if (member.getAddress().isEmpty()) {
            throw new RefusedException(
                    Reason.INVALID, "node " + id + " is new, so its address has to be said, as HOST:PORT");
        }
        wanted.put(id, at(member(checkedId(id), voter), member.getAddress()));
    }

    private void promote(Map<Long, WantedMember> wanted, long id) {
        if (present.isLearner(known(id)) && !present.healthy().test(id)) {
            throw new RefusedException(
                    Reason.LAGGING,
                    "node " + id
                            + " does not keep up with the leader, or was not heard of lately: with a vote it would hold"
                            + " the others up. Wait until it is healthy");
        }
        wanted.put(id, member(id, true));
    }

    private void move(Map<Long, WantedMember> wanted, MemberAddress member) {
        long id = known(member.getId());
        wanted.put(id, at(member(id, present.isVoter(id)), member.getAddress()));
    }

    private void target(Map<Long, WantedMember> wanted, List<WantedMember> members) {
        checkNamedOnce(members.stream().map(WantedMember::getId).toList());
        var before = new TreeMap<>(wanted);
        wanted.clear();
        for (WantedMember member : members) {
            if (!before.containsKey(member.getId())) {
                add(wanted, address(member), member.getVoter());
            } else {
                wanted.put(member.getId(), member.getAddress().isEmpty() ? member : at(member, member.getAddress()));
            }
        }
    }

    private static MemberAddress address(WantedMember member) {
        return MemberAddress.newBuilder()
                .setId(member.getId())
                .setAddress(member.getAddress())
                .build();
    }

    private WantedMember at(WantedMember member, String address) {
        if (!PeerAddresses.isAddress(member.getId(), address)) {
            throw new RefusedException(
                    Reason.INVALID,
                    "'" + address + "' is not where node " + member.getId() + " can be: write HOST:PORT");
        }
        for (long other : present.ids()) {
            if (other != member.getId() && address.equalsIgnoreCase(present.address(other))) {
                throw new RefusedException(
                        Reason.INVALID,
                        "'" + address + "' is where node " + other + " is: each member has an address of its own");
            }
        }
        return member.toBuilder().setAddress(address).build();
    }

    private static long checkedId(long id) {
        if (id <= 0) {
            throw new RefusedException(Reason.INVALID, id + " can't be the id of a member: write a number above 0");
        }
        return id;
    }

    private static void checkNamedOnce(List<Long> ids) {
        if (ids.size() > MAX_MEMBERS) {
            throw new RefusedException(
                    Reason.INVALID, ids.size() + " members are named, and a group has " + MAX_MEMBERS + " at most");
        }
        ids.forEach(id -> {
            checkedId(id);
            if (ids.indexOf(id) != ids.lastIndexOf(id)) {
                throw new RefusedException(Reason.INVALID, "node " + id + " is named twice");
            }
        });
    }

    /** Those that come are taken to keep up: they are waited for. */
    private void checkMajorities(List<ChangeStep> steps) {
        var replay = new ConfigurationReplay(present.configuration());
        for (ChangeStep step : steps) {
            String impossible = replay.apply(change(step));
            if (impossible != null) {
                throw new RefusedException(
                        losesVoters(impossible) ? Reason.MAJORITY : Reason.REFUSED,
                        "can't " + StepText.of(step) + ": " + impossible);
            }
            String objection = takesVotes(step)
                    ? Majorities.objection(
                            replay.confState(),
                            id -> !present.isVoter(id) || present.healthy().test(id))
                    : null;
            if (objection != null) {
                throw new RefusedException(
                        Reason.MAJORITY,
                        "can't " + StepText.of(step) + ": " + objection
                                + ". Bring those that are down back first, or add others");
            }
            if (replay.confState().getVotersOutgoingCount() > 0) {
                String unused = replay.apply(ConfChangeV2.getDefaultInstance());
            }
        }
    }

    private static boolean losesVoters(String impossible) {
        return impossible.contains("removed all voters") || impossible.contains("zero-voter");
    }

    private boolean takesVotes(ChangeStep step) {
        return step.getChangesList().stream()
                .anyMatch(single -> present.isVoter(single.getNodeId())
                        && single.getType() != ConfChangeType.CONF_CHANGE_ADD_NODE
                        && single.getType() != ConfChangeType.CONF_CHANGE_UPDATE_NODE);
    }

    static ConfChangeV2 change(ChangeStep step) {
        return ConfChangeV2.newBuilder().addAllChanges(step.getChangesList()).build();
    }

    /** Why no change can be planned at the moment, whichever is wanted; null if one can. */
    static Plan.@Nullable Refusal notNow(Situation present) {
        return present.configuration().getVotersOutgoingCount() == 0
                ? null
                : new Plan.Refusal(
                        Reason.CHANGE_RUNNING,
                        "the group is between two sets of voters, which a change that was made by hand began; it has to leave"
                                + " that first");
    }
}
