package io.raftboot.autoconfigure.jdbc.data;

import java.util.ArrayList;
import java.util.List;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.relational.core.mapping.Table;

@Table("ITEM")
record Item(@Id long id, @Version long version, String name, List<Batch> batches) {
    @Table("BATCH")
    record Batch(int amount) {}

    Item with(int amount) {
        var more = new ArrayList<>(batches);
        more.add(new Batch(amount));
        return new Item(id, version, name, more);
    }
}
