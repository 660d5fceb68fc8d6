CREATE TABLE account (
    id VARCHAR(200) PRIMARY KEY,
    balance BIGINT NOT NULL CHECK (balance >= 0)
);
