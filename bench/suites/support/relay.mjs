/** One child for all files, as people share it by hand: a global setup starts it, and a TCP server relays. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export async function relay(file) {
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const peers = new Map();
  let connections = 0;
  await new Promise((ready) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.type === 'ready') ready();
      else peers.get(message.session.split('.')[0])?.write(`${line}\n`);
    });
  });
  const server = createServer((socket) => {
    const id = String(++connections);
    peers.set(id, socket);
    socket.write(`${id}\n`);
    socket.on('error', () => {}).on('close', () => peers.delete(id));
    socket.on('data', (chunk) => child.stdin.write(chunk));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.address().port,
    stop: () =>
      new Promise((exited) => {
        server.close();
        child.on('exit', exited);
        child.stdin.end();
      }),
  };
}
