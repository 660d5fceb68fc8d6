package io.raftboot.demo.playground;

import java.util.Locale;

/**
 * What a steady load does.
 *
 * @param perSecond writes that are begun in a second, if none takes longer than its share
 * @param through member that is asked; 0 for any, and the next one after each write that was not done
 */
record LoadSettings(Kind kind, int perSecond, long through) {
    /** Enough to see each fail-over, and little enough for a laptop. */
    static final int MOST_PER_SECOND = 50;

    static final long LONGEST_SECONDS = 600;

    /** Members of the demo, from 1 on. */
    static final int MEMBERS = 3;

    /** What is written. */
    enum Kind {
        /** A number that grows, into one key. */
        PUT {
            @Override
            Write write(long number) {
                return new Write.Put(SteadyLoad.KEY, String.valueOf(number + 1));
            }
        },
        /** One coin, there and back. */
        TRANSFER {
            @Override
            Write write(long number) {
                return number % 2 == 0
                        ? new Write.Transfer(SteadyLoad.ALICE, SteadyLoad.BOB, 1)
                        : new Write.Transfer(SteadyLoad.BOB, SteadyLoad.ALICE, 1);
            }
        };

        /** The write of that number, from 0 on. */
        abstract Write write(long number);

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind ofWord(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            throw new PlaygroundException(400, "kind is '" + word + "'; write put or transfer");
        }
    }

    LoadSettings {
        if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
            throw new PlaygroundException(
                    400, "perSecond is " + perSecond + "; write a whole number from 1 to " + MOST_PER_SECOND);
        }
        if (through < 0 || through > MEMBERS) {
            throw new PlaygroundException(
                    400,
                    "through is " + through + "; write the id of a member, from 1 to " + MEMBERS + ", or 0 for any");
        }
    }
}
