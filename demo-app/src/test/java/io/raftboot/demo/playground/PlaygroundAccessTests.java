package io.raftboot.demo.playground;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftboot.api.ReplicaListener;
import io.raftboot.demo.pages.PageAnswer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.GenericApplicationContext;

/** Who is turned away at the door, and what is no request. */
class PlaygroundAccessTests {
    private static final String STOP = "/playground/members/1/stop";

    private final Playground playground = new Playground(List.of(1, 2, 3), (id, prepare) -> {
        throw new IllegalStateException("member " + id + " is not to be started");
    });
    private final PlaygroundHandler pages = new PlaygroundHandler(playground);

    @ParameterizedTest(name = "Host {0}, Origin {1}, Sec-Fetch-Site {2}")
    @CsvSource({
        "localhost:8081, https://evil.example, ",
        "localhost:8081, http://localhost:8082, ",
        "localhost:8081, null, ",
        "localhost:8081, , cross-site",
        "localhost:8081, , same-site",
        "evil.example:8081, http://evil.example:8081, same-origin",
        "127.0.0.1.evil.example, , ",
        "localhost.evil.example:8081, , ",
        ", , "
    })
    void pagesOfElsewhereChangeNothing(@Nullable String host, @Nullable String origin, @Nullable String site) {
        // On the path of a member's own, where nobody asks for leave before a plain POST, as well.
        for (String path : new String[] {STOP, "/playground/load", "/playground/calls", "/transfers"}) {
            var answer = answered(request("POST", path, "{}", host, origin, site));
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.toString()).contains("\"outcome\":\"refused\"");
        }
    }

    @ParameterizedTest(name = "Host {0}, Origin {1}, Sec-Fetch-Site {2}")
    @CsvSource({
        "localhost:8081, http://localhost:8081, same-origin",
        "127.0.0.1:8082, http://127.0.0.1:8082, ",
        "[::1]:8081, , none",
        "LOCALHOST, , "
    })
    void ownPageAndToolsMay(String host, @Nullable String origin, @Nullable String site) {
        var answer = answered(request("POST", STOP, "{}", host, origin, site));
        // Who gets so far is told of the member's state.
        assertThat(answer.status()).isEqualTo(409);
        assertThat(pages.answer(request("POST", "/transfers", "{}", host, origin, site)))
                .as("what is the member's")
                .isNull();
    }

    @Test
    void nothingIsReadUnderTheNameOfAnother() {
        for (String path : new String[] {"/", "/playground", "/playground/state", "/kv/a"}) {
            var answer = answered(request("GET", path, "", "evil.example:8081", null, null));
            assertThat(answer.status()).isEqualTo(403);
        }
    }

    @Test
    void answersLetNothingElseIn() {
        for (String path :
                new String[] {"/", "/playground", "/playground/state", "/demo/pages.css", "/demo/console.css"}) {
            var answer = answered(request("GET", path, "", "localhost", null, null));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("Content-Security-Policy")).startsWith("default-src 'none';");
            assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("Access-Control-"));
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/playground/load, `{\"kind\":\"put\",\"perSecond\":51,\"through\":0}`, 400, write a whole number from 1 to 50",
                "/playground/load, `{\"kind\":\"put\",\"perSecond\":0,\"through\":0}`, 400, write a whole number from 1 to 50",
                "/playground/load, `{\"kind\":\"put\",\"perSecond\":1,\"through\":4}`, 400, write the id of a member",
                "/playground/load, `{\"kind\":\"all\",\"perSecond\":1,\"through\":0}`, 400, write put or transfer",
                "/playground/load, `{\"kind\":\"put\",\"through\":0}`, 400, the field 'perSecond' is missing",
                "/playground/load, `{\"kind\":\"put\",\"perSecond\":1.5,\"through\":0}`, 400, is not the JSON",
                "/playground/calls, no json, 400, is not the JSON",
                "/playground/calls, null, 400, is not a JSON object",
                "/playground/calls, `{\"kind\":\"put\",\"through\":1,\"key\":\" \",\"value\":\"\"}`, 400, the field 'key' is empty",
                "/playground/calls, `{\"kind\":\"put\",\"through\":9,\"key\":\"a\",\"value\":\"\"}`, 404, there is no member 9",
                "/playground/calls, `{\"kind\":\"open\",\"through\":1,\"to\":\"a\",\"amount\":-1}`, 400, from 0 on",
                "/playground/calls, `{\"kind\":\"transfer\",\"through\":1,\"from\":\"a\",\"to\":\"b\",\"amount\":0}`, 400, from 1 on",
                "/playground/calls, `{\"kind\":\"delete\",\"through\":1}`, 400, `write put, open or transfer`",
                "/playground/calls, `{\"colour\":1}`, 400, is not the JSON",
                "/playground/nothing, {}, 404, there is nothing at /playground/nothing"
            })
    void whatIsWrongIsSaidWithWhatToWrite(String path, String body, int status, String words) {
        var answer = answered(request("POST", path, body, "localhost", null, null));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.toString()).contains(words);
    }

    /** Else SIGTERM would wait for what waits. */
    @Test
    void pausedMemberGoesOnWhenItsApplicationEnds() {
        var run = new MemberRun(false, new ReplicaListener() {});
        var application = new GenericApplicationContext();
        run.putInto(application, pages, () -> {});
        application.refresh();
        run.gate().close();
        assertThat(run.gate().isClosed()).isTrue();
        application.close();
        assertThat(run.gate().isClosed()).isFalse();
    }

    @Test
    void formOfAPageIsNoRequest() {
        var request = new PageRequest(
                "POST",
                STOP,
                Map.of("Host", "localhost", "Content-Type", "text/plain")::get,
                () -> new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
        var answer = answered(request);
        assertThat(answer.status()).isEqualTo(415);
    }

    /** The answer of the playground, which there must be. */
    private PageAnswer answered(PageRequest request) {
        return Objects.requireNonNull(pages.answer(request), "left to the member");
    }

    private static PageRequest request(
            String method,
            String path,
            String body,
            @Nullable String host,
            @Nullable String origin,
            @Nullable String site) {
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Content-Type", "application/json");
        if (host != null) {
            headers.put("Host", host);
        }
        if (origin != null) {
            headers.put("Origin", origin);
        }
        if (site != null) {
            headers.put("Sec-Fetch-Site", site);
        }
        return new PageRequest(
                method, path, headers::get, () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }
}
