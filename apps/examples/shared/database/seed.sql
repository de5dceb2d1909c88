INSERT INTO customer VALUES ('Ada', 'London'), ('Grace', 'New York');
INSERT INTO "order" (customer, cents) VALUES ('Ada', 1200);
