// Starts two processes and ends neither: one stays in the host's group, with no environment; one leaves the group.
import { spawn } from 'node:child_process';

const code = "process.on('SIGTERM', () => {}); process.send(0); setInterval(() => {}, 1e6)";

async function start(options) {
  const server = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], ...options });
  await new Promise((resolve) => server.once('message', resolve));
  server.disconnect();
  server.unref();
  return server.pid;
}

const pids = await Promise.all([start({ env: {} }), start({ detached: true })]);

export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']).ready();
  for await (const message of main.subscribe()) message.reply(pids);
};
