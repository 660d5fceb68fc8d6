package io.raftboot.autoconfigure.jdbc.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** Its ids are alike on all members, though the database makes them. */
@Entity
class IdentifiedNote {
    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;
}
