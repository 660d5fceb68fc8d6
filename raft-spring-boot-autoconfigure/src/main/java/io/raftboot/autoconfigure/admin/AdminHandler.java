package io.raftboot.autoconfigure.admin;

import io.raftboot.autoconfigure.http.Paths;
import io.raftboot.notice.QuietLogger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.springframework.web.util.UriComponentsBuilder;

/** Finds the call of a request and makes its answer, whichever server it came by. Any thread. */
final class AdminHandler {
    /** Time after which a call is answered in any case; all but a snapshot end long before. */
    static final long DEADLINE_SECONDS = 600;

    /** Parameter that an application's protection against forged requests may want. */
    private static final String CSRF_PARAMETER = "_csrf";

    private final Logger log = QuietLogger.of(AdminHandler.class);
    private final List<Route> routes;
    private final Problems problems;

    AdminHandler(List<Route> routes, Problems problems) {
        this.routes = List.copyOf(routes);
        this.problems = problems;
    }

    List<Route> routes() {
        return routes;
    }

    /**
     * Answers a request.
     *
     * @return never completes exceptionally; completes on a thread that must not be held up
     */
    CompletableFuture<AdminAnswer> handle(AdminRequest request) {
        return begin(request).thenCompose(problems::withConfiguration);
    }

    private CompletableFuture<AdminAnswer> begin(AdminRequest request) {
        try {
            return answer(request)
                    .orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> failed(request, failure));
        } catch (BadRequestException e) {
            return CompletableFuture.completedFuture(problems.bad(request, e));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(request, e));
        }
    }

    private CompletableFuture<AdminAnswer> answer(AdminRequest request) {
        Set<String> allowed = new LinkedHashSet<>();
        for (Route route : routes) {
            if (route.matches(request.path())) {
                if (route.method().equals(request.method().equals("HEAD") ? "GET" : request.method())) {
                    return route.work().answer(call(request, route));
                }
                allowed.add(route.method());
            }
        }
        if (allowed.isEmpty()) {
            throw new BadRequestException(
                    404,
                    "there is no call '" + request.path() + "' below " + request.base() + "; those that there are: "
                            + routes.stream().map(Route::path).distinct().collect(Collectors.joining(", ")));
        }
        return CompletableFuture.completedFuture(otherMethod(request, String.join(", ", allowed)));
    }

    private AdminAnswer otherMethod(AdminRequest request, String allowed) {
        var headers = Map.of("Allow", allowed + ", OPTIONS");
        return request.method().equals("OPTIONS")
                ? new AdminAnswer(204, headers, null)
                : new AdminAnswer(
                        405,
                        headers,
                        problems.body(
                                request,
                                405,
                                request.method() + " is not a method of " + request.path() + "; write " + allowed));
    }

    private static AdminCall call(AdminRequest request, Route route) {
        var content = request.content();
        if (content.isTooLarge()) {
            throw new BadRequestException(
                    413,
                    "the body has more than " + AdminRequest.MAX_BODY_BYTES
                            + " bytes; nothing that can be written here has");
        }
        if (content.isOfAnotherType() && (route.takesBody() || !content.isEmpty())) {
            throw new BadRequestException(
                    415,
                    "the body is sent as " + content.type()
                            + "; write JSON and the header Content-Type: application/json");
        }
        if (!route.takesBody() && !content.isEmpty()) {
            throw new BadRequestException(route.method() + " " + route.path() + " has no body; leave it out"
                    + (route.parameters().contains(Route.VERSION) ? ", and write the version as ?version=N" : ""));
        }
        return new AdminCall(request, route, id(request, route), parameters(request, route));
    }

    private static long id(AdminRequest request, Route route) {
        String written = route.id(request.path());
        if (written == null) {
            return 0;
        }
        // An id of 0 is that of a change that had nothing to do.
        if (!written.matches("[0-9]{1,18}")) {
            throw new BadRequestException(
                    "the id in " + request.path() + " is '" + written + "'; write a whole number");
        }
        return Long.parseLong(written);
    }

    /** A parameter that is not known may be one that was misspelt: what was to be a dry run must not be done. */
    private static Map<String, String> parameters(AdminRequest request, Route route) {
        Map<String, String> parameters = new HashMap<>();
        if (request.query() == null) {
            return parameters;
        }
        var written = UriComponentsBuilder.newInstance()
                .query(request.query())
                .build()
                .getQueryParams();
        written.forEach((name, values) -> {
            if (name.equals(CSRF_PARAMETER)) {
                return;
            }
            if (!route.parameters().contains(name)) {
                var known = new ArrayList<>(route.parameters());
                known.sort(null);
                throw new BadRequestException(
                        "there is no parameter '" + name + "' of " + route.method() + " " + route.path()
                                + (known.isEmpty() ? "" : "; those that there are: " + String.join(", ", known)));
            }
            if (values.size() > 1) {
                throw new BadRequestException("the parameter '" + name + "' is written " + values.size() + " times");
            }
            String value = values.get(0);
            parameters.put(name, value == null ? "" : value);
        });
        return parameters;
    }

    private AdminAnswer failed(AdminRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return problems.unknown(request, "nothing was answered within " + DEADLINE_SECONDS + " s");
        }
        log.error("A call of {} failed", Paths.ADMIN, cause);
        return new AdminAnswer(
                500,
                Map.of(),
                problems.body(request, 500, "the call failed for a reason that the log of this member tells"));
    }
}
