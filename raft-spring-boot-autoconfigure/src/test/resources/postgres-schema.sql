CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN amount AS NUMERIC(20, 5) DEFAULT 1 CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN small_amount AS amount CHECK (VALUE < 1000000);
CREATE SEQUENCE free_numbers INCREMENT BY 10 CYCLE;
CREATE TABLE parent (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dropped INT,
    name VARCHAR(20) COLLATE "C" NOT NULL,
    amount small_amount,
    "select" TEXT DEFAULT 'a "quoted" \ default; with (signs)'
);
ALTER TABLE parent DROP COLUMN dropped;
CREATE UNIQUE INDEX parent_name_lower ON parent (lower(name)) WHERE name <> '';
CREATE TABLE "Child" (
    number SERIAL,
    parent BIGINT NOT NULL REFERENCES parent (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    doubled BIGINT GENERATED ALWAYS AS (parent * 2) STORED,
    mood mood NOT NULL DEFAULT 'happy',
    moods mood[],
    UNIQUE (number, mood)
);
CREATE INDEX ON "Child" USING hash (parent);
CREATE TABLE every_type (
    id INT PRIMARY KEY, flag BOOLEAN, little SMALLINT, large BIGINT, exact NUMERIC, real4 REAL, real8 DOUBLE PRECISION,
    fixed CHAR(5), words TEXT, bytes BYTEA, day DATE, moment TIME, zoned TIMETZ, stamp TIMESTAMP, instant TIMESTAMPTZ,
    span INTERVAL, number UUID, document JSON, indexed JSONB, numbers INT[], texts TEXT[][], price MONEY, address INET, net CIDR,
    bits BIT VARYING(10), place POINT, ages INT4RANGE, markup XML, searched TSVECTOR
);
INSERT INTO parent (name, amount) VALUES ('first', 12.5), ('second', NULL);
INSERT INTO "Child" (parent, mood, moods) VALUES (1, 'it''s ok', '{sad,"it''s ok",NULL}'), (2, 'sad', '{}');
INSERT INTO every_type (id) VALUES (1);
INSERT INTO every_type VALUES (2, TRUE, -32768, 9223372036854775807, 123456789012345678901234567890.000100, 0.1, 0.1,
    'ab', E'comma, "quote" \\ backslash\nline\ttab; (parenthesis) äöü€', '\x00ff10', '2026-02-28', '23:59:59.999999', '01:02:03+05:30',
    '2026-02-28 23:59:59.123456', '2026-02-28 23:59:59.123456+13', '1 year 2 mons -3 days 04:05:06.789',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b": 1,  "a": [null, "x"], "b": 2}', '{"b": 1, "a": 1.10}', '{1,NULL,3}',
    '{{"a","b,c"},{"{}",""}}', '12.34', '::1', '10.1.0.0/16', B'101', '(1.5,-2)', '[1,5)', '<a>b &amp; c</a>', 'a:1 b:2');
INSERT INTO every_type (id, words, real8, instant, exact, texts) VALUES (3, '', 'NaN', 'infinity', 'NaN', '{}');
INSERT INTO every_type (id, words, real8, day, numbers) VALUES (4, 'NULL', 1e-300, '4713-01-01 BC', '[5:6]={1,2}');
CREATE VIEW rich AS SELECT id, name FROM parent WHERE amount > 5;
CREATE VIEW overview AS SELECT name FROM rich UNION SELECT p.name FROM parent p WHERE p.id = 3;
CREATE OR REPLACE VIEW rich AS SELECT id, name FROM parent WHERE amount > 5 AND id < 100 WITH CHECK OPTION;
