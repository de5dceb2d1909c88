// A server: `node web.mjs PORT`.
import { createServer } from 'node:http';

createServer((request, response) => {
  if (request.url === '/die') {
    console.error('no more of this');
    process.exit(7);
  }
  if (request.url === '/loop') {
    console.error('round and round');
    for (;;);
  }
  response.end(`asked for ${request.url}`);
}).listen(Number(process.argv[2]), '127.0.0.1');
