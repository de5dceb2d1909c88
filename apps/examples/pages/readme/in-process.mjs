import { createPool } from 'carpool';

const pool = createPool({
  command: 'node',
  args: ['sheet.mjs'],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
});
try {
  const sheet = await pool.register();
  sheet.send({ type: 'set', cell: 'A1', value: 7 });
  const { value } = await sheet.request({ type: 'sum', column: 'A' });
  console.log(value); // 7
} finally {
  await pool.close(); // with its sessions; `await using` does the same where Node or a compiler knows it
}
