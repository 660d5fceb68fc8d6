package io.raftboot.test.habits;

import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application with what applications have beside state machines. */
@SpringBootApplication(proxyBeanMethods = false)
class Shop {
    @RaftStateMachine("orders")
    static class Orders {
        private int count;

        @RaftCommand
        int order() {
            return ++count;
        }

        @RaftQuery
        int count() {
            return count;
        }
    }

    interface Mail {
        String send(String text);
    }

    @Component
    static class SmtpMail implements Mail {
        @Override
        public String send(String text) {
            throw new IllegalStateException("a test sends no mail");
        }
    }

    @Component
    static class Prices {
        int of(int number) {
            return 2 * number;
        }
    }

    @Service
    static class Counter {
        private final Orders orders;
        private final Mail mail;
        private final Prices prices;

        Counter(Orders orders, Mail mail, Prices prices) {
            this.orders = orders;
            this.mail = mail;
            this.prices = prices;
        }

        String order() {
            return mail.send("costs " + prices.of(orders.order()));
        }
    }

    @Component
    @Profile("holiday")
    static class Decoration {}

    @RestController
    static class Till {
        private final Orders orders;

        Till(Orders orders) {
            this.orders = orders;
        }

        @PostMapping("/orders")
        int order() {
            return orders.order();
        }

        @GetMapping("/orders")
        int count() {
            return orders.count();
        }
    }
}
