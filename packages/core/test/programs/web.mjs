// A server: `node web.mjs [--port N | --socket PATH] [flags]`. GET /health, /die, /warn, /hang, /loop, /close, /pid; the rest answers what it was asked.
// --fill FILE writes 1 MiB first.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';

const flag = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : (process.argv[at + 1] ?? '');
};
const is = (name) => process.argv.includes(`--${name}`);
let healthy = !is('unhealthy');
let hangs = false;

const server = createServer((request, response) => {
  if (hangs) return;
  switch (request.url) {
    case '/health':
      response.writeHead(healthy ? 200 : 503).end();
      return;
    case '/die':
      console.error('told to die');
      process.exit(7);
      return;
    case '/warn':
      console.error('careful');
      response.end();
      return;
    case '/hang':
      hangs = true;
      response.end('hanging');
      return;
    case '/loop':
      console.error('round and round');
      for (;;);
    case '/close':
      // It lives on.
      setInterval(() => {}, 1_000);
      server.close();
      response.end('closed');
      return;
    case '/pid':
      response.end(String(process.pid));
      return;
    default:
      response.end(`${request.method} ${request.url}`);
  }
});

process.on(flag('signal') ?? 'SIGTERM', () => {
  if (is('bye')) writeFileSync(flag('bye'), 'bye');
  process.exit(0);
});
if (is('fill')) {
  try {
    writeFileSync(flag('fill'), Buffer.alloc(1024 * 1024));
  } catch (error) {
    console.error(error.message);
    process.exit(4);
  }
}
if (is('exit')) {
  console.error('cannot go on');
  process.exit(3);
}
if (!is('silent')) {
  const where = flag('socket') ?? { port: Number(flag('port') ?? process.env.PORT), host: flag('host') ?? '127.0.0.1' };
  server.on('error', (error) => {
    console.error(error.message);
    process.exit(1);
  });
  server.listen(where, () =>
    console.log(`listening on ${typeof where === 'string' ? where : `http://127.0.0.1:${server.address().port}`}`),
  );
} else {
  console.log('I say something, and do not listen');
  setInterval(() => {}, 1_000);
}
