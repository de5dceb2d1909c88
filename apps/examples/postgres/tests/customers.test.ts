import { test } from '#database';
import { connect } from '../warehouse/connect.ts';
import { findByEmail, register } from '../warehouse/customers.ts';

test('a customer is found by the address, however it is written', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await register(client, 'Barbara', 'Barbara@Example.org');
  expect(await findByEmail(client, 'barbara@example.ORG')).toBe('Barbara');
});

test('a customer of another test is not there', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  expect(await findByEmail(client, 'barbara@example.org')).toBeUndefined();
});

test('an address belongs to one customer', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(register(client, 'Another Ada', 'ADA@example.org')).rejects.toMatchObject({
    code: '23505',
    constraint: 'customer_email',
  });
});

test.for(['', 'nothing', '@example.org'])('"%s" is no address', async (email, { db, expect }) => {
  await using client = await connect(db.opened);
  await expect(register(client, 'Barbara', email)).rejects.toMatchObject({ constraint: 'customer_email_check' });
});

test('a customer has a name', async ({ db, expect }) => {
  await using client = await connect(db.opened);
  await expect(register(client, '', 'barbara@example.org')).rejects.toMatchObject({
    constraint: 'customer_name_check',
  });
});
