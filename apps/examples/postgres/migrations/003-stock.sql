-- What is on the shelf, and every change of it.
CREATE TABLE stock (
  sku text PRIMARY KEY REFERENCES product,
  quantity int NOT NULL DEFAULT 0 CONSTRAINT stock_not_negative CHECK (quantity >= 0)
);

CREATE TABLE movement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku text NOT NULL REFERENCES stock,
  change int NOT NULL CHECK (change <> 0),
  reason text NOT NULL
);

CREATE FUNCTION apply_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE stock SET quantity = quantity + NEW.change WHERE sku = NEW.sku;
  RETURN NEW;
END
$$;

CREATE TRIGGER apply_movement BEFORE INSERT ON movement FOR EACH ROW EXECUTE FUNCTION apply_movement();

CREATE FUNCTION keep_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a movement is never changed' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER keep_movement BEFORE UPDATE OR DELETE ON movement FOR EACH ROW EXECUTE FUNCTION keep_movement();
