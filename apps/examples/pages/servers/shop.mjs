// An app server, as one has it already: `node shop.mjs PORT FOLDER`. Each shop is a folder; /health says that it is ready.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [port, folder] = process.argv.slice(2);

createServer(async (request, response) => {
  const [, shop = '', what] = request.url.split('/');
  if (shop === 'health') return response.end();
  const items = join(folder, shop, 'items');
  if (request.method === 'DELETE') rmSync(join(folder, shop), { recursive: true });
  if (request.method === 'PUT') mkdirSync(join(folder, shop));
  if (request.method === 'POST') for await (const text of request) appendFileSync(items, `${text}\n`);
  if (request.method === 'GET' && what === 'items') response.write(readFileSync(items, 'utf8'));
  response.end();
}).listen(Number(port), '127.0.0.1', () => console.log(`the shop is open at port ${port}`));
