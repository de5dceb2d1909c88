CREATE TABLE customer (name text PRIMARY KEY, city text NOT NULL);
INSERT INTO customer VALUES ('Ada', 'London');
