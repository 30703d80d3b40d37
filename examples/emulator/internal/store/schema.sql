CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Comments stand before the statements: SQLite stores those inside a statement as a
-- part of the schema, and a snapshot must have the same schema.
--
-- Sequence numbers are in the order of creation and never reused (AUTOINCREMENT),
-- since page tokens contain them. Times are in nanoseconds since 1970. Metadata is a
-- JSON object. The column files is the number of files.
CREATE TABLE assistant (
    sequence     INTEGER PRIMARY KEY AUTOINCREMENT,
    name         TEXT NOT NULL UNIQUE,
    instructions TEXT NOT NULL,
    metadata     TEXT,
    region       TEXT NOT NULL,
    status       TEXT NOT NULL,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    files        INTEGER NOT NULL DEFAULT 0
);

-- The content of a file, which is written before the file. A content without a file
-- when the database is opened is that of an interrupted upload or a removed file.
CREATE TABLE content (
    id INTEGER PRIMARY KEY AUTOINCREMENT
);

CREATE TABLE piece (
    content INTEGER NOT NULL REFERENCES content,
    number  INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    UNIQUE (content, number)
);

-- The operation is the one that processes or processed the file.
CREATE TABLE file (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    assistant  INTEGER NOT NULL REFERENCES assistant,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    content    INTEGER NOT NULL UNIQUE REFERENCES content,
    size       INTEGER NOT NULL,
    metadata   TEXT,
    multimodal INTEGER NOT NULL,
    status     TEXT NOT NULL,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    operation  INTEGER NOT NULL,
    UNIQUE (assistant, id)
);

-- An index ends with the sequence number, by which lists are ordered.
CREATE INDEX file_of_assistant ON file (assistant);

CREATE TRIGGER file_added AFTER INSERT ON file BEGIN
    UPDATE assistant SET files = files + 1 WHERE sequence = new.assistant;
END;

CREATE TRIGGER file_deleted AFTER DELETE ON file BEGIN
    UPDATE assistant SET files = files - 1 WHERE sequence = old.assistant;
END;

-- The column readings counts the attempts to read the file that have begun and not
-- ended.
CREATE TABLE operation (
    sequence  INTEGER PRIMARY KEY AUTOINCREMENT,
    assistant INTEGER NOT NULL REFERENCES assistant ON DELETE CASCADE,
    id        TEXT NOT NULL,
    kind      TEXT NOT NULL,
    file      TEXT NOT NULL,
    status    TEXT NOT NULL,
    created   INTEGER NOT NULL,
    completed INTEGER,
    percent   INTEGER NOT NULL DEFAULT 0,
    message   TEXT NOT NULL DEFAULT '',
    units     REAL NOT NULL DEFAULT 0,
    readings  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (assistant, id)
);

CREATE INDEX operation_of_assistant ON operation (assistant);

CREATE INDEX operation_of_file ON operation (assistant, file) WHERE status = 'Processing';

-- The upper half of an identifier is the sequence number of the assistant, so that
-- the passages of an assistant are a range. The text is an encoded list of sentences;
-- page and paragraph are those of the first sentence.
CREATE TABLE passage (
    id        INTEGER PRIMARY KEY,
    file      INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    page      INTEGER NOT NULL,
    paragraph INTEGER NOT NULL,
    heading   TEXT NOT NULL,
    text      TEXT NOT NULL,
    UNIQUE (file, number)
);

-- The full-text index of the passages.
CREATE VIRTUAL TABLE words USING fts5 (
    heading, text,
    content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TRIGGER passage_deleted AFTER DELETE ON passage BEGIN
    DELETE FROM words WHERE rowid = old.id;
END;
