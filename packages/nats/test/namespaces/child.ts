/** A child of the pool "echo": it answers where it is, and whose session that was first; and writes down what it serves. */
import { env, ppid } from 'node:process';
import { createInterface } from 'node:readline';
import { Writer } from './journal.ts';

interface Message {
  readonly type: 'settings' | 'reset' | 'where';
  /** By the host. */
  readonly session: string;
  readonly id?: number;
  /** By the test. */
  readonly of: string;
}

const { JOURNAL = '', MACHINE: machine = '' } = env;
const journal = new Writer(JOURNAL);
const host = ppid;
/** By the names of the host: those of the tests. */
const served = new Map<string, string>();

const say = (message: object): void => console.log(JSON.stringify(message));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { type, session: id, id: request, of } = JSON.parse(line) as Message;
    const session = served.get(id) ?? of;
    switch (type) {
      case 'settings':
        say({ type: 'hello', session: '' });
        break;
      case 'reset':
        if (served.delete(id)) journal.write({ event: 'has served', machine, host, id, session });
        say({ type: 'closed', session: id });
        break;
      case 'where':
        if (!served.has(id)) journal.write({ event: 'serves', machine, host, id, session });
        served.set(id, session);
        say({ type: 'reply', session: id, id: request, machine, host, of: session });
        break;
    }
  })
  .on('close', () => process.exit());
