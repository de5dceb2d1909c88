import { expect, test } from 'vitest';
import { carry } from './carried.ts';

class Plan {}

test.each([
  ['the value itself', new Plan(), /: it is an object of the class Plan,/],
  ['a part of it', { plan: new Plan() }, /: `plan` is an object of the class Plan,/],
])('an error names what cannot be carried: %s', async (_, value, said) => {
  await expect(carry(value, { what: '`params`', blame: 'test' })).rejects.toThrow(said);
});
