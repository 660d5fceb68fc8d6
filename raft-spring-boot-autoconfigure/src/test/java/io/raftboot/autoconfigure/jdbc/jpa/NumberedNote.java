package io.raftboot.autoconfigure.jdbc.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** One that no state machine should have. */
@Entity
class NumberedNote {
    @Id
    @GeneratedValue
    long id;
}
