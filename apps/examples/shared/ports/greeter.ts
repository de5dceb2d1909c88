/** A server under test, which takes its port as an argument. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { seen } from '../seen.ts';

export interface Greeter extends AsyncDisposable {
  readonly url: string;
}

export async function startGreeter(port: number): Promise<Greeter> {
  const server = createServer((request, response) => response.end(`Hello from ${port}, ${request.url?.slice(1)}`));
  server.listen(port);
  await once(server, 'listening');
  seen('listens', port);
  return {
    url: `http://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      seen('ends', port);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
