CREATE TYPE order_state AS ENUM ('placed', 'shipped', 'cancelled');

CREATE TABLE "order" (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer int NOT NULL REFERENCES customer,
  state order_state NOT NULL DEFAULT 'placed',
  placed_at timestamptz NOT NULL DEFAULT now(),
  shipped_at timestamptz,
  CONSTRAINT shipped_has_date CHECK ((state = 'shipped') = (shipped_at IS NOT NULL))
);

CREATE TABLE order_line (
  order_id int NOT NULL REFERENCES "order" ON DELETE CASCADE,
  sku text NOT NULL REFERENCES product,
  quantity int NOT NULL CHECK (quantity > 0),
  -- As it was when the order was placed.
  cents int NOT NULL CHECK (cents > 0),
  PRIMARY KEY (order_id, sku)
);

CREATE VIEW order_total AS
  SELECT o.id, o.customer, o.state, coalesce(sum(l.quantity * l.cents), 0)::int AS cents
  FROM "order" o LEFT JOIN order_line l ON l.order_id = o.id
  GROUP BY o.id;
