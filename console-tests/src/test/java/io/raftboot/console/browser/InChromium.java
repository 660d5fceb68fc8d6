package io.raftboot.console.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tests a {@link Chromium}: one process for all of them, readers for each. What the pages of a test that failed looked like is
 * left in {@code target/failures}.
 */
public final class InChromium implements ParameterResolver, AfterTestExecutionCallback, AfterEachCallback {
    private static final Logger log = LoggerFactory.getLogger(InChromium.class);
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(InChromium.class);

    /** In a container there is no sandbox for whoever is root, and little shared memory. Shown is what the test serves itself. */
    private static final List<String> ARGUMENTS = List.of("--no-sandbox", "--disable-dev-shm-usage");

    /** A browser that two others and six members leave no processor for begins late. */
    private static final double START_MILLIS = 120_000;

    /** The process, which ends with all tests. */
    static final class Launched implements AutoCloseable {
        private final Playwright playwright;
        private final Browser browser;

        Launched() {
            var file = Path.of(System.getProperty("console.browser", "/usr/bin/chromium"));
            if (!Files.isExecutable(file)) {
                throw new IllegalStateException("there is no browser at " + file
                        + "; install Debian's package chromium, or name a Chromium with -Dconsole.browser=FILE");
            }
            playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(file)
                            .setTimeout(START_MILLIS)
                            .setArgs(ARGUMENTS));
        }

        @Override
        public void close() {
            playwright.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Chromium.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var process = context.getRoot().getStore(STORE).computeIfAbsent(Launched.class);
        return context.getStore(STORE)
                .computeIfAbsent(Chromium.class, key -> new Chromium(process.browser), Chromium.class);
    }

    /** While what the pages show is there. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        var chromium = context.getStore(STORE).get(Chromium.class, Chromium.class);
        if (chromium == null || context.getExecutionException().isEmpty()) {
            return;
        }
        String name = context.getRequiredTestClass().getSimpleName() + "-"
                + context.getRequiredTestMethod().getName();
        for (ConsolePage page : chromium.pages()) {
            keep(page, name);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var chromium = context.getStore(STORE).get(Chromium.class, Chromium.class);
        if (chromium != null) {
            chromium.close();
        }
    }

    private static void keep(ConsolePage page, String name) {
        try {
            log.error("{} at {} {}", name, page.url(), page.traffic().problems());
            page.picture(Path.of("target", "failures", name + "-" + page.sight().suffix() + ".png"));
        } catch (PlaywrightException e) {
            log.error("of {} there is no picture", name, e);
        }
    }
}
