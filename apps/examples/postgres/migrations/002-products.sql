CREATE TABLE product (
  sku text PRIMARY KEY CHECK (sku ~ '^[A-Z]{3}-[0-9]{3}$'),
  name text NOT NULL,
  cents int NOT NULL CHECK (cents > 0),
  words tsvector GENERATED ALWAYS AS (to_tsvector('english', name)) STORED
);

CREATE INDEX product_words ON product USING gin (words);
