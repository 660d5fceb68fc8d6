package io.raftboot.raft;

import com.google.protobuf.ByteString;

/** Why a node asks for votes. */
enum CampaignType {
    /** A campaign that only finds out whether it would win; the term stays as it is. */
    PRE_ELECTION,
    /** A campaign to win. */
    ELECTION,
    /** A campaign to win that the leader asked for; so voters need not protect that leader. */
    TRANSFER;

    /** What the vote requests of a transfer carry, to be told from others. */
    static final ByteString TRANSFER_CONTEXT = ByteString.copyFromUtf8("CampaignTransfer");
}
