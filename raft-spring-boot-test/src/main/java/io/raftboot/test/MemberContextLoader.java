package io.raftboot.test;

import io.raftboot.autoconfigure.SharedLogging;
import org.springframework.boot.ApplicationContextFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.context.SpringBootContextLoader;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.MergedContextConfiguration;

/** Loads a member as Spring Boot loads the context of a test, with a web server where one is wanted. */
final class MemberContextLoader extends SpringBootContextLoader {
    private final boolean serves;

    MemberContextLoader(WebEnvironment web) {
        this.serves = web.isEmbedded();
    }

    @Override
    protected SpringApplication getSpringApplication() {
        var application = serves ? new ServingApplication() : new SpringApplication();
        SharedLogging.use(application);
        application.setRegisterShutdownHook(false);
        application.setBannerMode(Banner.Mode.OFF);
        return application;
    }

    @Override
    protected ApplicationContextFactory getApplicationContextFactory(MergedContextConfiguration merged) {
        return serves ? ApplicationContextFactory.DEFAULT : super.getApplicationContextFactory(merged);
    }

    /** Stays of the kind that is deduced from the class path, whatever the loader would have. */
    private static final class ServingApplication extends SpringApplication {
        @Override
        public void setWebApplicationType(WebApplicationType type) {}
    }
}
