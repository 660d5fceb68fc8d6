package io.raftboot.console.cluster;

import org.springframework.boot.WebApplicationType;

/** What serves the page. */
public enum Stack {
    SERVLET(
            WebApplicationType.SERVLET,
            ServletApplication.Open.class,
            ServletApplication.Secured.class,
            "server.servlet.context-path"),
    WEBFLUX(
            WebApplicationType.REACTIVE,
            ReactiveApplication.Open.class,
            ReactiveApplication.Secured.class,
            "spring.webflux.base-path");

    private final WebApplicationType type;
    private final Class<?> open;
    private final Class<?> secured;
    private final String pathProperty;

    Stack(WebApplicationType type, Class<?> open, Class<?> secured, String pathProperty) {
        this.type = type;
        this.open = open;
        this.secured = secured;
        this.pathProperty = pathProperty;
    }

    WebApplicationType type() {
        return type;
    }

    Class<?> open() {
        return open;
    }

    Class<?> secured() {
        return secured;
    }

    /** The argument that puts a path before all that is served. */
    public String path(String path) {
        return "--" + pathProperty + "=" + path;
    }
}
