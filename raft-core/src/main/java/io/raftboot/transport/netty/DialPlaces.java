package io.raftboot.transport.netty;

import io.raftboot.transport.PeerAddress;
import io.raftboot.transport.netty.handshake.DialFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which one peer may be, and whose turn it is: one that works is stayed with, and after a failure the next one is
 * tried. Who answers at an address says who it is, so that a wrong one does no harm. Event loop only, but for {@link #present}.
 */
final class DialPlaces {
    private List<PeerAddress> addresses;

    /** Place of the newest attempt. */
    private volatile PeerAddress present;

    private boolean begun;
    private boolean failed;

    /** Failures by address, since the peer was last reached. */
    private final Map<PeerAddress, DialFailure> failures = new LinkedHashMap<>();

    private int failuresOfRound;

    /** @param addresses at least one, the likeliest first */
    DialPlaces(List<PeerAddress> addresses) {
        this.addresses = addresses;
        this.present = addresses.get(0);
    }

    /** Any thread: where the peer is dialled now, or was dialled last. */
    PeerAddress present() {
        return present;
    }

    List<PeerAddress> addresses() {
        return addresses;
    }

    int count() {
        return addresses.size();
    }

    boolean has(PeerAddress address) {
        return addresses.contains(address);
    }

    boolean areSame(List<PeerAddress> others) {
        return addresses.equals(others);
    }

    /** Where to dial next. */
    PeerAddress next() {
        int at = addresses.indexOf(present);
        if (at < 0 || !begun) {
            present = addresses.get(0);
        } else if (failed) {
            present = addresses.get((at + 1) % addresses.size());
        }
        begun = true;
        failed = false;
        return present;
    }

    /** The peer was reached at the present place. */
    void reached() {
        failures.clear();
        failuresOfRound = 0;
    }

    /** Notes a failure at the present place; returns whether all were tried since the last time that this was so. */
    boolean failed(DialFailure failure) {
        failed = true;
        failures.put(present, failure);
        failuresOfRound++;
        boolean all = failuresOfRound >= addresses.size();
        if (all) {
            failuresOfRound = 0;
        }
        return all;
    }

    /** Other addresses, at least one, the likeliest first: that is the next to be dialled, unless the peer is there. */
    void change(List<PeerAddress> newAddresses, boolean reached) {
        addresses = newAddresses;
        failures.keySet().retainAll(newAddresses);
        if (!reached) {
            begun = false;
            failuresOfRound = 0;
        }
    }

    /** Whether whoever answers does not want this side, wherever it was tried: an operator has to do something first. */
    boolean isNotAcceptedAnywhere() {
        return failures.values().stream().allMatch(failure -> failure.kind() == DialFailure.Kind.NOT_ACCEPTED);
    }

    /** What was answered by one who does not want this side, or that this side does not want; null if nobody was. */
    @Nullable
    String refusal() {
        return failures.values().stream()
                .filter(failure -> failure.kind() == DialFailure.Kind.NOT_ACCEPTED)
                .map(DialFailure::message)
                .findFirst()
                .orElse(null);
    }

    /** What came of the attempts, as in "the attempt at host:port failed". */
    String describe() {
        return failures.entrySet().stream()
                .map(failure ->
                        "at " + failure.getKey() + " " + failure.getValue().message())
                .collect(Collectors.joining("; "));
    }
}
