package io.raftboot.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a {@link RaftStateMachine} keeps its state in a database. Its commands use the {@code DataSource} as ever, through
 * {@code JdbcClient} for example: each runs in a transaction, in which the replica also notes that it was applied and with what
 * result, so that no crash loses or repeats one. A command that throws is rolled back alone; the exception is its result, unless
 * it tells that the database failed: then this member stops, and applies the command when it starts again. Queries run side by
 * side with commands, each on one committed state, and what they write is rolled back.
 *
 * <p>The database belongs to the state machine of one member: nobody else writes to it, each member has one of its own, and it
 * is replaced as a whole by a snapshot of another member when this one has fallen far behind. What a database makes up, the time
 * and numbers of sequences among it, is not alike on all members, and has no place in a command.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface RaftDataSource {
    /** Name of the bean. Default: the only one, or the primary one. */
    String value() default "";

    /**
     * Location of an SQL script, {@code classpath:ledger.sql} for example, that is run when the database is new, before the
     * first command. Default: the tables are made otherwise before the application starts its member, by Flyway say.
     */
    String schema() default "";
}
