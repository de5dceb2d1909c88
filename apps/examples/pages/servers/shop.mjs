// An app server, as one has it already: `node shop.mjs PORT FOLDER`. Each shop is a folder; /health says that it is ready.
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [port, folder] = process.argv.slice(2);

createServer((request, response) => {
  const [, shop = '', what] = request.url.split('/');
  const items = join(folder, shop, 'items');
  switch (request.method) {
    case 'PUT':
      mkdirSync(join(folder, shop));
      return response.end();
    case 'DELETE':
      rmSync(join(folder, shop), { recursive: true });
      return response.end();
    case 'POST':
      return request.on('data', (text) => appendFileSync(items, `${text}\n`)).on('end', () => response.end());
    default:
      return response.end(what === 'items' ? readFileSync(items) : `welcome to ${shop}`);
  }
}).listen(Number(port), '127.0.0.1', () => console.log(`the shop is open at port ${port}`));
