package io.raftboot.demo.ledger;

/**
 * An account.
 *
 * @param id unique
 * @param balance in the smallest unit of the currency, never negative
 */
record Account(String id, long balance) {}
