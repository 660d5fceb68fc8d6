package io.raftboot.console.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a page asked for, and what the browser finds wrong with it. */
public final class Traffic {
    /** Has the browser say what its policy kept from a page, in the one place where all that is wrong is found. */
    private static final String TELL_VIOLATIONS =
            "addEventListener('securitypolicyviolation', e => console.error(`against the policy, ${e.violatedDirective}:"
                    + " ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))";

    private final List<Request> asked = new ArrayList<>();
    private final List<Request> ended = new ArrayList<>();
    private final Set<Request> failed = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    Traffic(BrowserContext context, Page page) {
        context.addInitScript(TELL_VIOLATIONS);
        page.onRequest(asked::add);
        page.onRequestFinished(ended::add);
        page.onRequestFailed(request -> {
            failed.add(request);
            if (isEndedByThePage(request)) {
                return;
            }
            problems.add("no answer: " + request.url() + " " + request.failure());
        });
        page.onPageError(error -> problems.add("thrown: " + error));
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                problems.add(message.type() + ": " + message.text() + " " + message.location());
            }
        });
    }

    /** A stream goes on until the page opens another one, and a question that is not answered is given up. */
    private static boolean isEndedByThePage(Request request) {
        return "net::ERR_ABORTED".equals(request.failure())
                && Stream.of("live", "data", "events")
                        .anyMatch(name -> request.url().endsWith("/raft/console/" + name));
    }

    /** Errors and warnings of the console, what was thrown, what was not answered, and what the policy kept from the page. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Addresses that were asked, each once. */
    public Set<String> addresses() {
        var addresses = new LinkedHashSet<String>();
        asked.forEach(request -> addresses.add(request.url()));
        return addresses;
    }

    /** Addresses that were asked and are not of this server. */
    public List<String> elsewhere(String url) {
        var own = URI.create(url);
        return addresses().stream()
                .filter(address -> {
                    var other = URI.create(address);
                    return !(own.getScheme().equals(other.getScheme())
                            && own.getAuthority().equals(other.getAuthority()));
                })
                .toList();
    }

    /** How often the page itself was asked for. */
    public long loads() {
        return asked.stream().filter(Request::isNavigationRequest).count();
    }

    /** Bytes of all answers that have ended, as they came over the network, with their headers. */
    public long receivedBytes() {
        return List.copyOf(ended).stream()
                .map(Request::sizes)
                .mapToLong(sizes -> (long) sizes.responseBodySize + sizes.responseHeadersSize)
                .sum();
    }

    /** Addresses that were asked and have neither answered to the end nor failed. */
    public List<String> open() {
        return asked.stream()
                .filter(request -> !ended.contains(request) && !failed.contains(request))
                .map(Request::url)
                .toList();
    }
}
