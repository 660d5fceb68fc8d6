package io.raftboot.autoconfigure.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;

import io.raftboot.agent.Clock;
import io.raftboot.api.event.EventType;
import io.raftboot.api.report.WorkSample;
import io.raftboot.api.report.WorkSample.Figure;
import io.raftboot.autoconfigure.stream.StreamFeed;
import io.raftboot.replica.duty.EventLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class LiveFeedTests {
    private final EventLog events = new EventLog(Clock.SYSTEM);
    private final ConsoleData data = Mockito.mock(ConsoleData.class);
    private final List<String> woken = new ArrayList<>();
    private final LiveFeed feed = new LiveFeed(data, events, () -> woken.add("woken"));

    private static Document document(String what, long beganSeconds, long ageMillis) {
        var sample = new WorkSample(ageMillis, 5_000, Figure.NONE, Figure.NONE, Figure.NONE, Figure.NONE, 0);
        return new Document(beganSeconds * 1_000_000_000, () -> Map.of("what", what), List.of(sample));
    }

    private void tell(Document document) {
        Mockito.when(data.now(anyLong())).thenReturn(CompletableFuture.completedFuture(document));
    }

    private String next() {
        return next(StreamFeed.MOST_WAITING);
    }

    private String next(int room) {
        var text = new StringBuilder();
        feed.next(room).forEach(frame -> text.append(new String(frame, UTF_8)));
        return text.toString();
    }

    @Test
    void documentIsToldOnceAndItsHistoryWhenThereIsMoreOfIt() {
        tell(document("first", 100, 1_000));
        assertThat(next()).contains("event: events", "event: history", "event: present", "first");
        assertThat(next()).isEmpty();
        tell(document("second", 101, 2_003));
        assertThat(next()).contains("second").doesNotContain("event: history", "event: events");
        tell(document("third", 105, 1_001));
        assertThat(next()).contains("third", "event: history");
    }

    @Test
    void readerThatHasNotTakenAllIsToldHowItIsLaterAndNotHowItWas() {
        tell(document("the one before", 100, 0));
        assertThat(next(StreamFeed.MOST_WAITING - 1)).doesNotContain("the one before");
        Mockito.verify(data, Mockito.never()).now(anyLong());
        tell(document("new", 160, 0));
        assertThat(next()).contains("new");
    }

    @Test
    void failureIsToldOnceAndNotAllTheTime() {
        Mockito.when(data.now(anyLong()))
                .thenReturn(CompletableFuture.failedFuture(new IllegalStateException("the member hangs")));
        assertThat(next()).contains("event: failure", "the member hangs");
        assertThat(next()).isEmpty();
        assertThat(woken).as("it is not asked again at once").isEmpty();
        tell(document("again", 100, 0));
        assertThat(next()).contains("again");
    }

    @Test
    void documentThatCannotBeWrittenIsAFailureAndDoesNotEndTheStream() {
        tell(new Document(
                0,
                () -> {
                    throw new IllegalStateException("not to be written");
                },
                List.of()));
        assertThat(next()).contains("event: failure", "not to be written");
        tell(document("again", 100, 0));
        assertThat(next()).contains("again");
    }

    @Test
    void answerThatIsStillToComeIsWaitedForByNobody() {
        var coming = new CompletableFuture<Document>();
        Mockito.when(data.now(anyLong())).thenReturn(coming);
        assertThat(next()).doesNotContain("event: present");
        assertThat(next()).isEmpty();
        coming.complete(document("late", 100, 0));
        assertThat(woken).isNotEmpty();
        assertThat(next()).contains("late");
    }

    @Test
    void whatHappensHasTheMembersAskedAnew() {
        tell(document("first", 100, 0));
        next();
        Mockito.verify(data).now(ConsoleData.FRESH_NANOS);
        events.warning(EventType.DISK, 1, "something");
        next();
        Mockito.verify(data).now(ConsoleData.HURRY_NANOS);
    }

    @Test
    void pageIsToldWhichEventsAreKept() {
        tell(document("first", 100, 0));
        for (int at = 1; at <= LiveFeed.EVENTS_AT_FIRST + 50; at++) {
            events.warning(EventType.DISK, at, "before");
        }
        assertThat(next()).contains("\"keptFrom\":51,", "\"kept\":[51,52,").doesNotContain("\"sequence\":50,");
        events.warning(EventType.DISK, 1, "after");
        assertThat(next())
                .contains("\"sequence\":251,", "\"keptFrom\":51,", "250,251]")
                .doesNotContain("\"sequence\":250,");
    }
}
