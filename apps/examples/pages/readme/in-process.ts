import { createPool } from 'carpool';

await using pool = createPool({
  command: 'node',
  args: ['sheet.mjs'],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
});
await using sheet = await pool.register();
sheet.send({ type: 'set', cell: 'A1', value: 7 });
const { value } = await sheet.request({ type: 'sum', column: 'A' });
console.log(value); // 7
