CREATE TABLE voucher (
  code text PRIMARY KEY,
  percent int NOT NULL CHECK (percent BETWEEN 1 AND 100),
  valid daterange NOT NULL,
  used_by int UNIQUE REFERENCES "order"
);
