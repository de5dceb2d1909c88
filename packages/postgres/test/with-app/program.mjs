// The app: `node program.mjs PORT`. The end of a tenant takes a while.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import pg from 'pg';

const [port] = process.argv.slice(2);
const tenants = new Map();

async function answer({ method, url }, body) {
  const tenant = url.slice(1);
  if (tenant === 'health') return '';
  if (method === 'PUT') tenants.set(tenant, new pg.Pool({ connectionString: body }));
  const database = tenants.get(tenant);
  if (method === 'POST') await database.query('INSERT INTO sale (item) VALUES ($1)', [body]);
  if (method === 'DELETE') {
    tenants.delete(tenant);
    await database.query('SELECT pg_sleep(1.5)');
    await database.query('INSERT INTO sale (item) VALUES ($1)', ['closed']);
    await database.end();
    return '';
  }
  const { rows } = await database.query('SELECT item FROM sale ORDER BY id');
  return rows.map(({ item }) => item).join(', ');
}

createServer((request, response) => {
  text(request)
    .then((body) => answer(request, body))
    .then(
      (said) => response.end(said),
      (error) => response.writeHead(500).end(error.message),
    );
}).listen(Number(port), '127.0.0.1');
