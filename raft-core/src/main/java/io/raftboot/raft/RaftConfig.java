package io.raftboot.raft;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link RawNode} is made with (etcd-raft {@code Config}). Made with {@link #builder()}; checked as a whole when
 * the RawNode is built, not before, so that a configuration without a storage can be prepared and passed around.
 *
 * <p>Sizes are in bytes and unsigned: {@link #NO_LIMIT} is the largest of them.
 *
 * @param id this node; neither {@link NodeIds#NONE} nor one of the local targets
 * @param electionTicks ticks without word from a leader after which a follower campaigns; the actual number is drawn
 *     anew each time from [electionTicks, 2 * electionTicks). Greater than {@code heartbeatTicks}, ten times advised
 * @param heartbeatTicks ticks between two heartbeats of a leader, at least 1
 * @param storage what has been persisted
 * @param appliedIndex what the state machine has applied already; entries up to it are not handed out again
 * @param asyncStorageWrites whether storage work is handed out as messages, see {@link Ready}
 * @param maxSizePerMessageBytes limit on the entries in one MSG_APP; 0 for one entry a message
 * @param maxCommittedSizePerReadyBytes limit on the committed entries that are being applied at one time, over all
 *     Readys not yet acknowledged; 0 for the same as {@code maxSizePerMessageBytes}
 * @param maxUncommittedEntriesSizeBytes limit on the payload of the entries a leader holds uncommitted; proposals beyond
 *     it are dropped, except that one of any size is taken when there is no other; 0 for no limit
 * @param maxInflightMessages MSG_APPs that may be on their way to one follower, at least 1
 * @param maxInflightBytes limit on their entries' size; 0 for no limit, else at least {@code maxSizePerMessageBytes}
 * @param checkQuorum whether a leader that has not heard from a quorum for an election timeout steps down, and nodes
 *     that heard from a leader recently ignore candidates (dissertation section 6.2, 4.2.3)
 * @param preVote whether candidates ask for pre-votes first (dissertation section 9.6)
 * @param readOnlyOption how a leader confirms reads; {@link ReadOnlyOption#LEASE_BASED} needs {@code checkQuorum}
 * @param logger takes what the core has to say
 * @param traceLogger is told each step of the protocol, see there; null for nobody, which costs a comparison a step
 * @param disableProposalForwarding whether a follower drops proposals instead of sending them to the leader
 * @param disableConfChangeValidation whether a leader appends configuration changes without checking them against the active
 *     configuration; only for callers that do so themselves, for an invalid one stops every node that applies it
 * @param dryRunConfChanges whether a leader first tries a configuration change out on the active configuration, and refuses one
 *     that could not be put into force, can't be read, or names an id that no node can have: appended, it would stop every
 *     node that applies it. Without effect where {@code disableConfChangeValidation} is set, but for what can't be read
 * @param refuseBeyondLog whether a message that says more of this node's log than it holds is ignored as one that no member
 *     sends: a heartbeat that commits, an acknowledgement to a leader, beyond its end; so is what a follower could not pass on
 * @param stepDownOnRemoval whether a leader becomes follower when it applies its own removal or demotion
 * @param commitByVote whether candidates learn what is committed from those that refuse to vote; see {@link Elections#reject}
 * @param leaderLeases whether this node lets its leader count on it, and takes part in no election of another for an election timeout
 *     after the leader's last word, unless that one orders it; see {@link Elections#isBound}. Needs {@code checkQuorum}
 * @param boundAtStart whether the node begins as if it had just heard of a leader, which counts on what it promised before
 * @param random draws the election timeouts; the core has no random source of its own
 */
public record RaftConfig(
        long id,
        int electionTicks,
        int heartbeatTicks,
        @Nullable Storage storage,
        long appliedIndex,
        boolean asyncStorageWrites,
        long maxSizePerMessageBytes,
        long maxCommittedSizePerReadyBytes,
        long maxUncommittedEntriesSizeBytes,
        int maxInflightMessages,
        long maxInflightBytes,
        boolean checkQuorum,
        boolean preVote,
        ReadOnlyOption readOnlyOption,
        Logger logger,
        @Nullable TraceLogger traceLogger,
        boolean disableProposalForwarding,
        boolean disableConfChangeValidation,
        boolean dryRunConfChanges,
        boolean refuseBeyondLog,
        boolean stepDownOnRemoval,
        boolean commitByVote,
        boolean leaderLeases,
        boolean boundAtStart,
        @Nullable RandomGenerator random) {

    /** A size without limit: the largest unsigned number. */
    public static final long NO_LIMIT = -1L;

    /** A time-out of up to twice as many ticks still has to be a number. */
    private static final int MAX_ELECTION_TICKS = Integer.MAX_VALUE / 2;

    /** A builder with the defaults named at its methods, and neither id nor storage. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder with what a replica wants, where etcd's own defaults leave it to the driver: elections that disturb nobody, a
     * leader that steps down without its quorum, storage on threads of its own, and nothing let in that could stop a member.
     *
     * @param electionTicks greater than {@code heartbeatTicks}, ten times advised
     * @param heartbeatTicks at least 1
     */
    public static Builder forReplica(int electionTicks, int heartbeatTicks) {
        return builder()
                .electionTicks(electionTicks)
                .heartbeatTicks(heartbeatTicks)
                .preVote(true)
                .checkQuorum(true)
                .asyncStorageWrites(true)
                .disableProposalForwarding(true)
                .dryRunConfChanges(true)
                .refuseBeyondLog(true)
                .stepDownOnRemoval(true)
                .commitByVote(true);
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * This configuration with its zero sizes replaced by what they stand for.
     *
     * @throws IllegalArgumentException if a field has a value it must not have; the message names it
     */
    RaftConfig validated() {
        check(id != NodeIds.NONE, "id: cannot use none as id");
        check(
                id != NodeIds.LOCAL_APPEND_THREAD && id != NodeIds.LOCAL_APPLY_THREAD,
                "id: cannot use local target as id");
        check(heartbeatTicks > 0, "heartbeatTicks: heartbeat tick must be greater than 0");
        check(electionTicks > heartbeatTicks, "electionTicks: election tick must be greater than heartbeat tick");
        check(
                electionTicks <= MAX_ELECTION_TICKS,
                "electionTicks: election tick must be at most " + MAX_ELECTION_TICKS);
        check(storage != null, "storage: storage cannot be nil");
        check(random != null, "random: a random generator is required");
        check(appliedIndex >= 0, "appliedIndex: applied index must not be negative");
        check(maxInflightMessages > 0, "maxInflightMessages: max inflight messages must be greater than 0");
        check(
                maxInflightBytes == 0 || Long.compareUnsigned(maxInflightBytes, maxSizePerMessageBytes) >= 0,
                "maxInflightBytes: max inflight bytes must be >= max message size");
        check(
                readOnlyOption != ReadOnlyOption.LEASE_BASED || checkQuorum,
                "checkQuorum: CheckQuorum must be enabled when ReadOnlyOption is ReadOnlyLeaseBased");
        check(!leaderLeases || checkQuorum, "checkQuorum: must be enabled where leaderLeases is");
        check(readOnlyOption != null, "readOnlyOption: read only option cannot be null");
        check(logger != null, "logger: logger cannot be null");
        var builder = toBuilder();
        if (maxUncommittedEntriesSizeBytes == 0) {
            builder.maxUncommittedEntriesSizeBytes(NO_LIMIT);
        }
        if (maxCommittedSizePerReadyBytes == 0) {
            builder.maxCommittedSizePerReadyBytes(maxSizePerMessageBytes);
        }
        if (maxInflightBytes == 0) {
            builder.maxInflightBytes(NO_LIMIT);
        }
        return builder.build();
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Collects the fields of a {@link RaftConfig}; checks nothing. */
    public static final class Builder {
        private static final int DEFAULT_ELECTION_TICKS = 20;
        private static final int DEFAULT_HEARTBEAT_TICKS = 2;
        private static final long DEFAULT_MAX_SIZE_PER_MESSAGE_BYTES = 1L << 20;
        private static final int DEFAULT_MAX_INFLIGHT_MESSAGES = 256;

        private long id;
        private int electionTicks = DEFAULT_ELECTION_TICKS;
        private int heartbeatTicks = DEFAULT_HEARTBEAT_TICKS;
        private @Nullable Storage storage;
        private long appliedIndex;
        private boolean asyncStorageWrites;
        private long maxSizePerMessageBytes = DEFAULT_MAX_SIZE_PER_MESSAGE_BYTES;
        private long maxCommittedSizePerReadyBytes;
        private long maxUncommittedEntriesSizeBytes;
        private int maxInflightMessages = DEFAULT_MAX_INFLIGHT_MESSAGES;
        private long maxInflightBytes;
        private boolean checkQuorum;
        private boolean preVote;
        private ReadOnlyOption readOnlyOption = ReadOnlyOption.SAFE;
        private Logger logger = LoggerFactory.getLogger(RawNode.class);
        private @Nullable TraceLogger traceLogger;
        private boolean disableProposalForwarding;
        private boolean disableConfChangeValidation;
        private boolean dryRunConfChanges;
        private boolean refuseBeyondLog;
        private boolean stepDownOnRemoval;
        private boolean commitByVote;
        private boolean leaderLeases;
        private boolean boundAtStart;
        private @Nullable RandomGenerator random;

        private Builder() {}

        private Builder(RaftConfig config) {
            id = config.id;
            electionTicks = config.electionTicks;
            heartbeatTicks = config.heartbeatTicks;
            storage = config.storage;
            appliedIndex = config.appliedIndex;
            asyncStorageWrites = config.asyncStorageWrites;
            maxSizePerMessageBytes = config.maxSizePerMessageBytes;
            maxCommittedSizePerReadyBytes = config.maxCommittedSizePerReadyBytes;
            maxUncommittedEntriesSizeBytes = config.maxUncommittedEntriesSizeBytes;
            maxInflightMessages = config.maxInflightMessages;
            maxInflightBytes = config.maxInflightBytes;
            checkQuorum = config.checkQuorum;
            preVote = config.preVote;
            readOnlyOption = config.readOnlyOption;
            logger = config.logger;
            traceLogger = config.traceLogger;
            disableProposalForwarding = config.disableProposalForwarding;
            disableConfChangeValidation = config.disableConfChangeValidation;
            dryRunConfChanges = config.dryRunConfChanges;
            refuseBeyondLog = config.refuseBeyondLog;
            stepDownOnRemoval = config.stepDownOnRemoval;
            commitByVote = config.commitByVote;
            leaderLeases = config.leaderLeases;
            boundAtStart = config.boundAtStart;
            random = config.random;
        }

        public Builder id(long value) {
            id = value;
            return this;
        }

        /** Default 20. */
        public Builder electionTicks(int value) {
            electionTicks = value;
            return this;
        }

        /** Default 2. */
        public Builder heartbeatTicks(int value) {
            heartbeatTicks = value;
            return this;
        }

        public Builder storage(Storage value) {
            storage = value;
            return this;
        }

        /** Default 0: nothing was applied. */
        public Builder appliedIndex(long value) {
            appliedIndex = value;
            return this;
        }

        /** Default false. */
        public Builder asyncStorageWrites(boolean value) {
            asyncStorageWrites = value;
            return this;
        }

        /** Default 1 MiB. */
        public Builder maxSizePerMessageBytes(long value) {
            maxSizePerMessageBytes = value;
            return this;
        }

        /** Default 0: the same as a message. */
        public Builder maxCommittedSizePerReadyBytes(long value) {
            maxCommittedSizePerReadyBytes = value;
            return this;
        }

        /** Default 0: no limit. */
        public Builder maxUncommittedEntriesSizeBytes(long value) {
            maxUncommittedEntriesSizeBytes = value;
            return this;
        }

        /** Default 256. */
        public Builder maxInflightMessages(int value) {
            maxInflightMessages = value;
            return this;
        }

        /** Default 0: no limit. */
        public Builder maxInflightBytes(long value) {
            maxInflightBytes = value;
            return this;
        }

        /** Default false. */
        public Builder checkQuorum(boolean value) {
            checkQuorum = value;
            return this;
        }

        /** Default false. */
        public Builder preVote(boolean value) {
            preVote = value;
            return this;
        }

        /** Default {@link ReadOnlyOption#SAFE}. */
        public Builder readOnlyOption(ReadOnlyOption value) {
            readOnlyOption = value;
            return this;
        }

        /** Default the logger of {@link RawNode}. */
        public Builder logger(Logger value) {
            logger = value;
            return this;
        }

        /** Default null: nobody is told. */
        public Builder traceLogger(@Nullable TraceLogger value) {
            traceLogger = value;
            return this;
        }

        /** Default false. */
        public Builder disableProposalForwarding(boolean value) {
            disableProposalForwarding = value;
            return this;
        }

        /** Default false. */
        public Builder disableConfChangeValidation(boolean value) {
            disableConfChangeValidation = value;
            return this;
        }

        /** Default false. */
        public Builder dryRunConfChanges(boolean value) {
            dryRunConfChanges = value;
            return this;
        }

        /** Default false. */
        public Builder refuseBeyondLog(boolean value) {
            refuseBeyondLog = value;
            return this;
        }

        /** Default false. */
        public Builder stepDownOnRemoval(boolean value) {
            stepDownOnRemoval = value;
            return this;
        }

        /** Default false. */
        public Builder commitByVote(boolean value) {
            commitByVote = value;
            return this;
        }

        /** Default false. */
        public Builder leaderLeases(boolean value) {
            leaderLeases = value;
            return this;
        }

        /** Default false. */
        public Builder boundAtStart(boolean value) {
            boundAtStart = value;
            return this;
        }

        /** A source that the RawNode's own thread alone uses. */
        public Builder random(RandomGenerator value) {
            random = value;
            return this;
        }

        public RaftConfig build() {
            return new RaftConfig(
                    id,
                    electionTicks,
                    heartbeatTicks,
                    storage,
                    appliedIndex,
                    asyncStorageWrites,
                    maxSizePerMessageBytes,
                    maxCommittedSizePerReadyBytes,
                    maxUncommittedEntriesSizeBytes,
                    maxInflightMessages,
                    maxInflightBytes,
                    checkQuorum,
                    preVote,
                    readOnlyOption,
                    logger,
                    traceLogger,
                    disableProposalForwarding,
                    disableConfChangeValidation,
                    dryRunConfChanges,
                    refuseBeyondLog,
                    stepDownOnRemoval,
                    commitByVote,
                    leaderLeases,
                    boundAtStart,
                    random);
        }
    }
}
