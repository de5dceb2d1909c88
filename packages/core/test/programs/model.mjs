// A process that is written with `carpool/child`; model.py is the same in Python. --msgpack, --version=N.
import { serve } from '../../src/entry/child.ts';

console.log('loading the model');
const version = Number(process.argv.find((word) => word.startsWith('--version='))?.slice(10) ?? 2);

serve({
  codec: process.argv.includes('--msgpack') ? 'msgpack' : 'json-lines',
  hello: { version },
  open(session) {
    const { params } = session;
    if (params?.refuse) throw Object.assign(new Error('there is no room'), { code: 'full' });
    session.opened = { device: 'cpu' };
    return { total: 0 };
  },
  message(session, { type, value }) {
    if (type === 'add') session.state.total += value;
    else if (type === 'poke') session.send({ type: 'poked', value });
    else throw new Error(`cannot take ${String(type)}`);
  },
  async request(session, message, { step, signal }) {
    switch (message.type) {
      case 'total':
        return { type: 'total', value: session.state.total, params: session.params ?? null };
      case 'echo':
        return { type: 'echoed', value: message.value };
      case 'walk':
        for (let n = 1; n <= message.steps; n++) step({ type: 'visited', n });
        return { type: 'walked' };
      case 'convert':
        return { type: 'converted', value: message.value * (await session.ask({ type: 'rate?' })).rate };
      case 'print':
        console.log('a line');
        process.stdout.write('no newline');
        return { type: 'printed' };
      case 'pid':
        return { type: 'pid', pid: process.pid };
      case 'none':
        return undefined;
      case 'fail':
        throw Object.assign(new Error('cannot divide by zero'), { code: 'zero' });
      case 'lose':
        session.fail({ code: 'full', message: 'the model is full' });
        return {};
      case 'die':
        process.exit(3);
      // Until it is given up.
      case 'hang':
        return await new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            session.state.total += 1;
            reject(signal.reason);
          });
        });
      default:
        throw new Error(`no such request: ${String(message.type)}`);
    }
  },
  close(session) {
    if (session.params?.keep) throw new Error('the folder is not empty');
  },
});
