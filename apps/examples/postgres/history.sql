-- A year of a small shop: what a list of orders, a report and a search have to find their way in.
INSERT INTO customer (name, email)
  SELECT 'Customer ' || n, 'customer-' || n || '@example.org' FROM generate_series(1, 1000) n;

INSERT INTO product (sku, name, cents)
  SELECT 'BOK-' || lpad(n::text, 3, '0'), 'Book of ' || n || ' stories', 500 + 10 * n FROM generate_series(1, 200) n;

INSERT INTO stock (sku) SELECT sku FROM product WHERE sku LIKE 'BOK-%';
INSERT INTO movement (sku, change, reason) SELECT sku, 1000, 'delivery' FROM product WHERE sku LIKE 'BOK-%';

INSERT INTO "order" (customer, state, placed_at, shipped_at)
  SELECT 3 + n % 1000, 'shipped', date.at, date.at + interval '2 days'
  FROM generate_series(1, 8000) n, LATERAL (SELECT timestamptz '2025-01-01' + n * interval '65 minutes' AS at) date;

INSERT INTO order_line (order_id, sku, quantity, cents)
  SELECT o.id, 'BOK-' || lpad((1 + (o.id * 7 + line * 31) % 200)::text, 3, '0'), 1 + (o.id + line) % 3, 500 + line
  FROM "order" o, generate_series(1, 2) line;

INSERT INTO movement (sku, change, reason) SELECT sku, -quantity, 'order ' || order_id FROM order_line;

ANALYZE;
