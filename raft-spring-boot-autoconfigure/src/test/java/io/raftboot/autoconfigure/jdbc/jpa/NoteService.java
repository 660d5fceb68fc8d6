package io.raftboot.autoconfigure.jdbc.jpa;

import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What a command uses, with transactions as an application writes them. */
class NoteService {
    private final Notes notes;

    NoteService(Notes notes) {
        this.notes = notes;
    }

    @Transactional
    void required(long id, String text) {
        save(id, text);
    }

    @Transactional(propagation = Propagation.SUPPORTS)
    void supports(long id, String text) {
        save(id, text);
    }

    @Transactional(propagation = Propagation.MANDATORY)
    void mandatory(long id, String text) {
        save(id, text);
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    void requiresNew(long id, String text) {
        save(id, text);
    }

    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    void notSupported(long id, String text) {
        save(id, text);
    }

    @Transactional
    void failing(long id, String text) {
        save(id, text);
        throw new IllegalArgumentException("not this way");
    }

    private void save(long id, String text) {
        notes.save(new Note(id, text));
    }
}
