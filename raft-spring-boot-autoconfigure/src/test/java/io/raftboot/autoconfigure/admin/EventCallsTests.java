package io.raftboot.autoconfigure.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.event.EventType;
import io.raftboot.autoconfigure.http.Json;
import io.raftboot.autoconfigure.stream.StreamFeed;
import io.raftboot.autoconfigure.stream.StreamSender;
import io.raftboot.testing.FakeReplica;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.StaticApplicationContext;
import tools.jackson.databind.JsonNode;

/** The call for events, without a server. */
class EventCallsTests {
    private final FakeReplica fake = FakeReplica.of(Map.of());
    private final Problems problems = new Problems(fake.replica());
    private final AdminHandler handler = new AdminHandler(
            new EventCalls(fake.happened, new StreamSender(new StaticApplicationContext()), problems).routes(),
            problems);

    @BeforeEach
    void happen() {
        fake.happened.note(EventType.LIFE, 1, "node 1 has started");
        fake.happened.warning(EventType.CONNECTION, 2, "the connection to node 2 is gone");
        fake.happened.note(EventType.PAUSE, 0, "the log stage goes on");
        fake.happened.note(EventType.ELECTION, 1, "node 1 stands for election in term 2");
    }

    private AdminAnswer get(@Nullable String query, @Nullable String accept, @Nullable String lastEventId) {
        return handler.handle(new AdminRequest(
                        "GET",
                        "/raft/admin",
                        "events",
                        query,
                        new AdminRequest.Content(null, new byte[0]),
                        new AdminRequest.Headers(null, accept, lastEventId),
                        ""))
                .join();
    }

    private JsonNode list(@Nullable String query) {
        var answer = get(query, null, null);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.type()).isEqualTo("application/json");
        return Json.read(answer.bytes());
    }

    private List<Long> sequences(@Nullable String query) {
        return list(query).get("events").values().stream()
                .map(event -> event.get("sequence").asLong())
                .toList();
    }

    private StreamFeed feed(@Nullable String query, @Nullable String lastEventId) {
        return Objects.requireNonNull(get(query, "text/event-stream", lastEventId).stream())
                .feed();
    }

    private static List<String> next(StreamFeed feed, int atMost) {
        return feed.next(atMost).stream().map(frame -> new String(frame, UTF_8)).toList();
    }

    private String run() {
        return fake.happened.after(0).run();
    }

    @Test
    void listSaysWhichRunItIsOfAndWhatHappened() {
        var list = list(null);
        assertThat(list.get("run").asString()).isEqualTo(run());
        assertThat(list.get("oldest").asLong()).isEqualTo(1);
        assertThat(list.get("newest").asLong()).isEqualTo(4);
        JsonNode gone = list.at("/events/1");
        assertThat(gone.get("type").asString()).isEqualTo("connection");
        assertThat(gone.get("severity").asString()).isEqualTo("warning");
        assertThat(gone.get("text").asString()).isEqualTo("the connection to node 2 is gone");
        assertThat(gone.get("node").asLong()).isEqualTo(2);
        assertThat(gone.get("times").asLong()).isEqualTo(1);
        assertThat(gone.get("at").asString()).endsWith("Z");
        assertThat(list.at("/events/2/node").isNull()).isTrue();
    }

    @Test
    void listsArePagedForwardsWithAfterAndShowTheNewestWithout() {
        assertThat(sequences("after=1&limit=2")).containsExactly(2L, 3L);
        assertThat(sequences("after=3&limit=2")).containsExactly(4L);
        assertThat(sequences("after=4")).isEmpty();
        assertThat(sequences("limit=1")).containsExactly(4L);
        assertThat(sequences("after=0&limit=1")).containsExactly(1L);
    }

    @Test
    void typesAreChosenBeforeTheyAreCounted() {
        assertThat(sequences("type=election,life")).containsExactly(1L, 4L);
        assertThat(sequences("type=life&limit=1")).containsExactly(1L);
        assertThat(sequences("type=hand-over")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "after=x|after is 'x'|a whole number",
                "after=-1|after is '-1'|a whole number",
                "after=|after is ''|a whole number",
                "limit=0|limit is '0'|from 1 to 1000",
                "limit=1001|limit is '1001'|from 1 to 1000",
                "limit=many|limit is 'many'|from 1 to 1000",
                "type=elections|'elections' is none|hand-over",
                "type=election,|'' is none|hand-over",
                "since=3|no parameter 'since'|after, limit, type",
            })
    void wrongParametersAreProblemsThatSayWhatToWrite(String query, String what, String instead) {
        for (var accept : new String[] {"application/json", "text/event-stream"}) {
            var answer = get(query, accept, null);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.type()).isEqualTo("application/problem+json");
            assertThat(Json.read(answer.bytes()).get("detail").asString()).contains(what, instead);
        }
    }

    @Test
    void limitOfAStreamIsAProblem() {
        var answer = get("limit=5", "text/event-stream", null);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(Json.read(answer.bytes()).get("detail").asString()).contains("a stream has no end");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/event-stream|true",
                "application/json;q=0.5, text/event-stream|true",
                "*/*|false",
                "text/*|false",
                "text/event-stream;q=0|false",
                "nonsense|false",
            })
    void streamIsWhatIsAskedForByName(String accept, boolean stream) {
        assertThat(get(null, accept, null).stream() != null).isEqualTo(stream);
    }

    @Test
    void streamBeginsWithItsRunAndGoesOnWithWhatIsNew() {
        var feed = feed("type=life,election", null);
        assertThat(next(feed, 64))
                .satisfiesExactly(
                        run -> assertThat(run)
                                .isEqualTo(
                                        "event: run\ndata: {\"run\":\"" + run() + "\",\"oldest\":1,\"newest\":4}\n\n"),
                        first -> assertThat(first)
                                .startsWith("id: " + run() + "-1\ndata: {\"sequence\":1,")
                                .endsWith("\"node\":1}\n\n"),
                        second -> assertThat(second).startsWith("id: " + run() + "-4\ndata: "));
        assertThat(next(feed, 64)).isEmpty();
        fake.happened.note(EventType.SNAPSHOT, 0, "took a snapshot");
        assertThat(next(feed, 64)).isEmpty();
        fake.happened.note(EventType.LIFE, 1, "node 1 has stopped");
        assertThat(next(feed, 64)).singleElement().asString().contains("node 1 has stopped");
    }

    @Test
    void streamHasNoMoreThanThereIsRoomForAndLosesNothing() {
        var feed = feed(null, null);
        assertThat(next(feed, 1)).singleElement().asString().startsWith("event: run");
        assertThat(next(feed, 2)).hasSize(2);
        assertThat(next(feed, 2)).satisfiesExactly(third -> assertThat(third).contains("-3\n"), last -> assertThat(last)
                .contains("-4\n"));
    }

    @Test
    void streamGoesOnWhereItBrokeOffAndBeginsAnewAfterAnotherRun() {
        assertThat(next(feed(null, run() + "-3"), 64))
                .hasSize(2)
                .last()
                .asString()
                .contains(run() + "-4");
        assertThat(next(feed("after=1", run() + "-4"), 64))
                .as("what the reader says last counts")
                .hasSize(1);
        assertThat(next(feed(null, "other-3"), 64)).hasSize(5);
        assertThat(next(feed(null, run() + "-x"), 64)).hasSize(5);
        assertThat(next(feed("after=3", null), 64)).hasSize(2);
    }
}
