/** The process that the suites share: a small Node program that answers JSON lines, and can take longer to start. */
import { createInterface } from 'node:readline';

const startCost = Number(process.argv[2] ?? 0);
const used = () => process.cpuUsage().user + process.cpuUsage().system;
for (const before = used(); used() - before < startCost * 1_000;);

process.stdout.write('{"type":"ready"}\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, value } = JSON.parse(line);
  if (type === 'reset') process.stdout.write(`${JSON.stringify({ session, type: 'closed' })}\n`);
  else process.stdout.write(`${JSON.stringify({ session, id, type: 'reply', value })}\n`);
}
