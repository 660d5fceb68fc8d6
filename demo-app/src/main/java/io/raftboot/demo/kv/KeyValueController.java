package io.raftboot.demo.kv;

import io.raftboot.demo.web.Requests;
import io.raftboot.spring.RaftCallOptions;
import io.raftboot.spring.RaftTemplate;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;

/** The key-value store over HTTP. Values are bytes; where an answer is JSON they stand in it as UTF-8 text. */
@RestController
final class KeyValueController {
    private static final int MAX_KEY_BYTES = 1024;
    private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

    private final KeyValueStore store;
    private final RaftTemplate raft;
    private final DataSize maxValueSize;

    KeyValueController(
            KeyValueStore store, RaftTemplate raft, @Value("${demo.max-value-size:512KB}") DataSize maxValueSize) {
        this.store = store;
        this.raft = raft;
        this.maxValueSize = maxValueSize;
    }

    @PutMapping("/kv/{key}")
    Map<String, @Nullable Object> put(@PathVariable String key, HttpServletRequest request) {
        checkKey(key);
        byte[] value = Requests.body(request, maxValueSize);
        KeyValueStore.Written written = store.put(key, value);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("key", key);
        answer.put("value", text(value));
        answer.put("previous", text(written.previous()));
        answer.put("index", written.index());
        return answer;
    }

    @GetMapping("/kv/{key}")
    ResponseEntity<byte[]> get(
            @PathVariable String key, @RequestParam(defaultValue = "linearizable") String consistency) {
        checkKey(key);
        // The template is asked, because the injected store reads with the one consistency that its annotation names.
        byte[] value = raft.queryAndWait(
                "kv",
                "get",
                Map.of("key", key),
                byte[].class,
                RaftCallOptions.defaults().withConsistency(Requests.consistency(consistency)));
        if (value == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no key '" + key + "'");
        }
        return ResponseEntity.ok().contentType(TEXT).body(value);
    }

    @DeleteMapping("/kv/{key}")
    Map<String, @Nullable Object> delete(@PathVariable String key) {
        checkKey(key);
        KeyValueStore.Written written = store.delete(key);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("key", key);
        answer.put("previous", text(written.previous()));
        answer.put("index", written.index());
        return answer;
    }

    @PostMapping("/kv/{key}/compare-and-set")
    Map<String, @Nullable Object> compareAndSet(@PathVariable String key, HttpServletRequest request) {
        checkKey(key);
        JsonNode body = Requests.json(request, maxValueSize, JsonNode.class);
        KeyValueStore.Swapped swapped = store.compareAndSet(key, bytes(body, "expected"), bytes(body, "update"));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("swapped", swapped.swapped());
        answer.put("current", text(swapped.current()));
        return answer;
    }

    @SuppressWarnings("DoNotCallSuggester") // Spring MVC calls it
    @RequestMapping({"/kv", "/kv/"})
    void withoutKey() {
        throw Requests.bad("the key is empty; write /kv/{key}");
    }

    private static void checkKey(String key) {
        if (key.isBlank()) {
            throw Requests.bad("the key is empty; write /kv/{key}");
        }
        if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw Requests.bad("the key is longer than " + MAX_KEY_BYTES + " bytes");
        }
    }

    private static byte @Nullable [] bytes(JsonNode body, String field) {
        JsonNode value = body.get(field);
        if (value == null || !(value.isNull() || value.isString())) {
            throw Requests.bad("the field '" + field + "' must be there, and a string or null");
        }
        return value.isNull() ? null : value.stringValue().getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
