package io.raftboot.demo.ledger;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What can be done to the ledger, as it stands in the log. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LedgerCommand.Open.class, name = "open"),
    @JsonSubTypes.Type(value = LedgerCommand.Transfer.class, name = "transfer")
})
sealed interface LedgerCommand {
    /** Opens an account with a balance. */
    record Open(String id, long balance) implements LedgerCommand {}

    /** Moves an amount from one account to another. */
    record Transfer(String from, String to, long amount) implements LedgerCommand {}
}
