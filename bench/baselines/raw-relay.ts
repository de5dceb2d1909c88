/** The raw relay: a hub that only forwards bytes. `node raw-relay.ts SOCKET CHILD` */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [, , path, program] = process.argv as [string, string, string, string];
const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
const server = createServer((socket) => {
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
});
server.listen(path, () => process.stdout.write('listening\n'));
