/** What a pool of this process itself answers. */
exports.exchanged = async (test) => {
  const { createPool } = await import('carpool');
  const protocol = { close: { send: { type: 'reset' }, expect: { type: 'closed' } } };
  const pool = createPool({ name: 'own', command: process.execPath, args: [require.resolve('./child.mjs')], protocol });
  const session = await pool.register({ holder: { test } });
  await session.request({ type: 'set', value: test });
  const reply = await session.request({ type: 'get' });
  await session.unregister();
  await pool.close();
  return reply;
};
