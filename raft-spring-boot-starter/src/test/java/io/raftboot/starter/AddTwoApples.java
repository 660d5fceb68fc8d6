package io.raftboot.starter;

import io.raftboot.starter.inventory.Inventory;
import io.raftboot.starter.inventory.InventoryApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.SpringApplication;

/** A process of the application: uses the bean once, writes into a file how many there are now, and ends. */
final class AddTwoApples {
    private AddTwoApples() {}

    public static void main(String[] arguments) throws Exception {
        // No argument reaches the application: nothing but its own defaults counts.
        try (var application = SpringApplication.run(InventoryApplication.class)) {
            Inventory inventory = application.getBean(Inventory.class);
            inventory.add("apple", 2);
            Files.writeString(Path.of(arguments[0]), String.valueOf(inventory.count("apple")));
        }
    }
}
