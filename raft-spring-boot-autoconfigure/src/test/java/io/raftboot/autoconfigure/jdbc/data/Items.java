package io.raftboot.autoconfigure.jdbc.data;

import java.util.Optional;
import org.springframework.data.repository.ListCrudRepository;

interface Items extends ListCrudRepository<Item, Long> {
    Optional<Item> findByName(String name);
}
