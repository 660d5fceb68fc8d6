package io.raftboot.demo.playground;

import io.raftboot.demo.pages.PageAnswer;
import io.raftboot.demo.pages.PageFiles;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of the playground, on whichever member's port. Any thread. */
final class PlaygroundHandler {
    /** Where its page is. */
    static final String ROOT = "/playground";

    private static final int MAX_CHARACTERS = 200;
    private static final int MAX_VALUE_CHARACTERS = 4_000;

    private final Playground playground;
    private final PageFiles files = new PageFiles();

    PlaygroundHandler(Playground playground) {
        this.playground = playground;
    }

    /** What a request for a steady load says. */
    record LoadRequest(@Nullable String kind, @Nullable Integer perSecond, @Nullable Long through) {}

    /** What a request for a write says; which of it has to be there depends on its kind. */
    record CallRequest(
            @Nullable String kind,
            @Nullable Long through,
            @Nullable String key,
            @Nullable String value,
            @Nullable String from,
            @Nullable String to,
            @Nullable Long amount) {}

    /** The answer; null for what is the member's to answer. */
    @Nullable
    PageAnswer answer(PageRequest request) {
        String denial = LocalCallers.whyNot(request);
        if (denial != null) {
            return PageAnswer.refusal(
                    403, request.path(), "this demo serves callers and pages of its own machine alone: " + denial);
        }
        try {
            String path = request.path();
            return path.equals(ROOT) || path.startsWith(ROOT + "/") ? own(request) : page(request);
        } catch (PlaygroundException e) {
            return PageAnswer.refusal(e.status(), request.path(), String.valueOf(e.getMessage()));
        }
    }

    private @Nullable PageAnswer page(PageRequest request) {
        if (!request.isRead()) {
            return null;
        }
        return request.path().equals("/") ? files.page("start.html") : files.below(request.path());
    }

    private PageAnswer own(PageRequest request) {
        String[] path = request.path().substring(ROOT.length()).split("/", -1);
        String first = path.length > 1 ? path[1] : "";
        if (path.length == 1) {
            require(request, "GET", "HEAD");
            return files.page("playground.html");
        }
        if (path.length == 4 && first.equals("members")) {
            require(request, "POST");
            return act(request, path[2], path[3]);
        }
        if (path.length == 2) {
            switch (first) {
                case "state" -> {
                    require(request, "GET", "HEAD");
                    return PageAnswer.json(200, playground.state());
                }
                case "calls" -> {
                    require(request, "POST");
                    return call(request.json(CallRequest.class));
                }
                case "load" -> {
                    require(request, "POST", "DELETE");
                    return load(request);
                }
                default -> {}
            }
        }
        throw new PlaygroundException(404, "there is nothing at " + request.path());
    }

    private static void require(PageRequest request, String... methods) {
        for (String method : methods) {
            if (method.equals(request.method())) {
                return;
            }
        }
        throw new PlaygroundException(
                405, request.method() + " is nothing here; write " + String.join(" or ", methods));
    }

    private PageAnswer act(PageRequest request, String id, String word) {
        request.json(Map.class);
        MemberAction action = MemberAction.ofWord(word);
        if (!id.matches("[0-9]{1,9}")) {
            throw new PlaygroundException(404, "'" + id + "' is no member; write a number");
        }
        PlaygroundMember member = playground.member(Long.parseLong(id));
        member.act(action);
        return PageAnswer.json(
                202, Map.of("id", member.id(), "state", member.state().word(), "cut", member.isCut()));
    }

    private PageAnswer load(PageRequest request) {
        if (request.method().equals("DELETE")) {
            playground.stopLoad();
        } else {
            var wanted = request.json(LoadRequest.class);
            playground.startLoad(new LoadSettings(
                    LoadSettings.Kind.ofWord(given("kind", wanted.kind())),
                    given("perSecond", wanted.perSecond()),
                    given("through", wanted.through())));
        }
        return PageAnswer.json(202, Map.of());
    }

    private PageAnswer call(CallRequest wanted) {
        Write write =
                switch (given("kind", wanted.kind())) {
                    case "put" ->
                        new Write.Put(
                                text("key", wanted.key(), MAX_CHARACTERS),
                                limited("value", given("value", wanted.value()), MAX_VALUE_CHARACTERS));
                    case "open" ->
                        new Write.Open(text("to", wanted.to(), MAX_CHARACTERS), atLeast("amount", wanted.amount(), 0));
                    case "transfer" ->
                        new Write.Transfer(
                                text("from", wanted.from(), MAX_CHARACTERS),
                                text("to", wanted.to(), MAX_CHARACTERS),
                                atLeast("amount", wanted.amount(), 1));
                    default ->
                        throw new PlaygroundException(
                                400, "kind is '" + wanted.kind() + "'; write put, open or transfer");
                };
        return PageAnswer.json(200, playground.write(given("through", wanted.through()), write));
    }

    private static <T> T given(String field, @Nullable T value) {
        if (value == null) {
            throw new PlaygroundException(400, "the field '" + field + "' is missing");
        }
        return value;
    }

    private static String text(String field, @Nullable String value, int most) {
        if (given(field, value).isBlank()) {
            throw new PlaygroundException(400, "the field '" + field + "' is empty");
        }
        return limited(field, given(field, value), most);
    }

    private static String limited(String field, String value, int most) {
        if (value.length() > most) {
            throw new PlaygroundException(
                    400, "the field '" + field + "' has " + value.length() + " characters; write " + most + " at most");
        }
        return value;
    }

    private static long atLeast(String field, @Nullable Long value, long least) {
        long number = given(field, value);
        if (number < least) {
            throw new PlaygroundException(
                    400, "the field '" + field + "' is " + number + "; write a whole number from " + least + " on");
        }
        return number;
    }
}
