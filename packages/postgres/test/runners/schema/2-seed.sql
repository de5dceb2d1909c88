INSERT INTO note (text) VALUES ('from the template');
