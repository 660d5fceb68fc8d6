package io.raftboot.autoconfigure.jdbc.jpa;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Entity
class Note {
    @Id
    long id;

    String text = "";

    @Version
    @Nullable
    Integer version;

    /** Loaded when it is asked for. */
    @ElementCollection
    @Column(name = "tag")
    List<String> tags = new ArrayList<>();

    protected Note() {}

    Note(long id, String text) {
        this.id = id;
        this.text = text;
    }
}
