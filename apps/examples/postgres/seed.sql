INSERT INTO customer (name, email) VALUES ('Ada', 'ada@example.org'), ('Grace', 'grace@example.org');

INSERT INTO product (sku, name, cents) VALUES
  ('LMP-001', 'Desk lamp with a green shade', 3900),
  ('LMP-002', 'Floor lamp', 8900),
  ('CHR-001', 'Folding chair', 2500),
  ('TBL-001', 'Folding table', 12000);

INSERT INTO stock (sku) SELECT sku FROM product;
INSERT INTO movement (sku, change, reason) VALUES
  ('LMP-001', 10, 'delivery'), ('LMP-002', 1, 'delivery'), ('CHR-001', 40, 'delivery');

INSERT INTO voucher (code, percent, valid) VALUES
  ('SPRING', 10, daterange('2020-01-01', '2999-01-01')), ('OLD', 50, daterange('2019-01-01', '2020-01-01'));
