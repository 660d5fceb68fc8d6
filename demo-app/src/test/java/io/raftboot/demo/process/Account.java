package io.raftboot.demo.process;

/**
 * An account that says of each of thirty transfers to it how often it took place: the one with number {@code n} moves {@code 4^n}, so that
 * its count is one digit of the balance.
 */
final class Account {
    static final int TRANSFERS = 30;

    /** As much as all of them together move, twice over. */
    static final long PAID_IN = 1L << 61;

    private Account() {}

    static long amount(int number) {
        return 1L << (2 * number);
    }

    /** How often the transfer of that number took place, by the balance; three for that and more. */
    static int count(long balance, int number) {
        return (int) (balance >>> (2 * number)) & 3;
    }
}
