CREATE TABLE customer (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  email text NOT NULL CHECK (email LIKE '%_@_%')
);

CREATE UNIQUE INDEX customer_email ON customer (lower(email));
