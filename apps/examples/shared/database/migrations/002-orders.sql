CREATE TABLE "order" (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer text NOT NULL REFERENCES customer,
  cents int NOT NULL CHECK (cents > 0)
);
