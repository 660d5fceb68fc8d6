package io.raftboot.autoconfigure.jdbc.jpa;

import io.raftboot.api.CommandContext;
import io.raftboot.spring.RaftCommand;
import io.raftboot.spring.RaftDataSource;
import io.raftboot.spring.RaftQuery;
import io.raftboot.spring.RaftStateMachine;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Notes by repositories, an entity manager, services and plain statements, all in one table. */
@RaftStateMachine("notes")
@RaftDataSource(schema = "classpath:notes.sql")
class NoteBook {
    private final Notes notes;
    private final NoteService service;
    private final JdbcClient jdbc;
    private final DataSource dataSource;

    @PersistenceContext
    @SuppressWarnings("NullAway.Init")
    private EntityManager entityManager;

    NoteBook(Notes notes, NoteService service, DataSource dataSource) {
        this.notes = notes;
        this.service = service;
        this.jdbc = JdbcClient.create(dataSource);
        this.dataSource = dataSource;
    }

    @RaftCommand
    long save(String text) {
        return notes.save(new Note(CommandContext.current().index(), text)).id;
    }

    /** What is wrong with it is found out when all is written, at the end. */
    @RaftCommand
    long persist(String text) {
        var note = new Note(CommandContext.current().index(), text);
        entityManager.persist(note);
        return note.id;
    }

    @RaftCommand
    long saveAllWays(String text) throws SQLException {
        long id = CommandContext.current().index() * 100;
        notes.saveAndFlush(new Note(id, text + 1));
        service.required(id + 1, text + 2);
        service.supports(id + 2, text + 3);
        service.mandatory(id + 3, text + 4);
        notes.flush();
        insert(id + 4, text + 5);
        try (Connection connection = dataSource.getConnection();
                var statement = connection.prepareStatement("INSERT INTO note VALUES (?, ?, 0)")) {
            statement.setLong(1, id + 5);
            statement.setString(2, text + 6);
            statement.executeUpdate();
        }
        return jdbc.sql("SELECT COUNT(*) FROM note WHERE id BETWEEN ? AND ?")
                .params(id, id + 99)
                .query(Long.class)
                .single();
    }

    @RaftCommand
    void saveAllWaysAndFail(String text) throws SQLException {
        saveAllWays(text);
        throw new IllegalStateException("no " + text);
    }

    @RaftCommand
    void catchFailure(String text) {
        long id = CommandContext.current().index();
        try {
            service.failing(id, text);
        } catch (IllegalArgumentException e) {
            insert(id, text);
        }
    }

    @RaftCommand
    void requireNew(String text) {
        try {
            service.requiresNew(CommandContext.current().index(), text);
        } catch (RuntimeException e) {
            // Swallowed.
        }
    }

    @RaftCommand
    void notSupported(String text) {
        service.notSupported(CommandContext.current().index(), text);
    }

    @RaftCommand
    void truncate(String text) {
        save(text);
        entityManager.createNativeQuery("TRUNCATE TABLE note_tags").executeUpdate();
    }

    @RaftCommand
    void commit(String text) throws SQLException {
        save(text);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.commit();
        }
    }

    @RaftCommand
    List<String> tag(long id, String tag) {
        Note note = notes.findById(id).orElseThrow();
        note.tags.add(tag);
        return note.tags;
    }

    /** Tags that are not loaded yet when they are returned. */
    @RaftCommand
    List<String> touch(long id) {
        return notes.findById(id).orElseThrow().tags;
    }

    @RaftCommand
    void renameAndFail(long id, String text) {
        notes.findById(id).orElseThrow().text = text;
        notes.flush();
        throw new IllegalStateException("no " + text);
    }

    @RaftCommand
    String rename(long id, String text) {
        Note note = notes.findById(id).orElseThrow();
        String before = note.text;
        note.text = text;
        return before;
    }

    @RaftCommand
    int shout(long id) {
        return notes.shout(id);
    }

    /** Saves as an editor does that has read an older version. */
    @RaftCommand
    void saveStale(long id, String text) {
        var stale = new Note(id, text);
        stale.version = -1;
        notes.save(stale);
    }

    @RaftQuery
    List<String> texts() {
        return notes.findAll().stream().map(note -> note.text).sorted().toList();
    }

    @RaftQuery
    List<String> tags(long id) {
        return notes.findById(id).orElseThrow().tags;
    }

    @RaftQuery
    long saveInQuery(String text) {
        insert(-1, text);
        notes.saveAndFlush(new Note(-2, text + "?"));
        return notes.count();
    }

    @RaftQuery
    long requireNewInQuery(String text) {
        service.requiresNew(-3, text);
        return notes.count();
    }

    private void insert(long id, String text) {
        jdbc.sql("INSERT INTO note VALUES (?, ?, 0)").params(id, text).update();
    }
}
