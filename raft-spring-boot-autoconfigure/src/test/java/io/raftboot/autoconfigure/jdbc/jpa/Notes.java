package io.raftboot.autoconfigure.jdbc.jpa;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

interface Notes extends JpaRepository<Note, Long> {
    @Modifying
    @Query("update Note n set n.text = concat(n.text, '!') where n.id = :id")
    int shout(long id);
}
