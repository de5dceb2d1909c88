import { createPool, server } from 'carpool';

await using pool = createPool(
  server({ command: 'node', args: ['shop.mjs', '{port}', '{temp}'], ready: { line: /open at port (?<port>\d+)/ } }),
);
await using session = await pool.register();
const { url } = session.opened;
console.log((await fetch(`${url}/health`)).status);
