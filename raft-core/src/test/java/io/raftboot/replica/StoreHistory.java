package io.raftboot.replica;

import io.raftboot.linearizability.Call;
import io.raftboot.linearizability.Findings;
import io.raftboot.linearizability.History;
import io.raftboot.linearizability.Linearizability;
import io.raftboot.replica.SimulatedStore.Command;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What the clients of a world have asked and been told, by true time and by nothing that a member says of indexes: held in the end
 * against one store that does one thing at a time. A command is one operation however often it is sent.
 */
final class StoreHistory {
    /** Many times what the longest history of a run has taken so far; a key that needs more is undecided. */
    private static final long STEPS_PER_KEY = 50_000;

    /** With what each violation begins. */
    static final String NO_ORDER = "a history has no order: ";

    private final History history;

    /** @param clock of true time */
    StoreHistory(LongSupplier clock) {
        this.history = new History(clock);
    }

    /** A command whose client waits. */
    final class Running {
        private final Command command;
        private final History.Running call;

        /** What a swap saw that did not swap: it reads as well. */
        private final History.Running look;

        private Running(int client, Command command) {
            this.command = command;
            this.call = history.invoke(client, command.key(), call(command));
            this.look = history.invoke(client, command.key(), new Call.Read());
        }

        /** It was applied behind this value. */
        void applied(String before) {
            if (command.verb() != SimulatedStore.Verb.SWAP) {
                call.done(before);
                look.unknown();
            } else if (before.equals(command.expected())) {
                call.done(Call.SET);
                look.unknown();
            } else {
                call.done(Call.NOT_SET);
                look.done(before);
            }
        }

        /** One of its attempts may take effect yet. */
        void attemptLost() {
            call.attemptLost();
        }

        /** The last attempt was refused. */
        void refused() {
            call.refused();
            look.unknown();
        }

        /** The client knows nothing of it, and asks no more. */
        void unknown() {
            call.unknown();
            look.unknown();
        }
    }

    private static Call call(Command command) {
        return switch (command.verb()) {
            case SET -> new Call.Write(command.value());
            case ADD -> new Call.Append(command.value());
            case SWAP -> new Call.CompareAndSet(command.expected(), command.value());
        };
    }

    /** Before anything of it is sent. */
    Running begin(int client, Command command) {
        return new Running(client, command);
    }

    /** A read that has to see all that was there when it was asked; ends with {@code done}, or is not answered. */
    History.Running beginRead(int client, String key) {
        return history.invoke(client, key, new Call.Read());
    }

    /** What is known of it now; what has no answer yet may take place later. */
    Findings check() {
        return Linearizability.check(history.operations(), STEPS_PER_KEY);
    }

    /** The keys that have no order, each with its reasons. */
    static List<String> violations(Findings findings) {
        return findings.violations().stream()
                .map(violation -> violation.lines().stream().collect(Collectors.joining("\n", NO_ORDER, "")))
                .toList();
    }
}
