package io.raftboot.demo.playground;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be done with a member. */
enum MemberAction {
    /** Ends it as SIGTERM does: readiness off, leadership handed over, requests in flight ended, all closed. */
    STOP,
    /** Ends it as SIGKILL does, as far as others can tell: nothing is handed over, and nothing more leaves it. */
    KILL,
    /** Starts it with the data that it has. */
    START,
    /** Lets all that it does wait, as SIGSTOP and a long collection of garbage do. */
    PAUSE,
    /** Takes {@link #PAUSE} back. */
    RESUME,
    /** Loses all that it sends to other members, and all that they send to it. */
    CUT,
    /** Takes {@link #CUT} back. */
    JOIN;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the others are without this member from then on. */
    boolean isOutage() {
        return this == STOP || this == KILL || this == PAUSE || this == CUT;
    }

    /** @throws PlaygroundException if there is none of that name */
    static MemberAction ofWord(String word) {
        return Arrays.stream(values())
                .filter(action -> action.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new PlaygroundException(
                        404,
                        "there is no action '" + word + "'; write one of "
                                + Arrays.stream(values())
                                        .map(MemberAction::word)
                                        .collect(Collectors.joining(", "))));
    }
}
