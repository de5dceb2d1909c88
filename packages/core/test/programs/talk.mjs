// How the programs of this folder talk, and what they do by default.
//
// JSON lines on stdin and stdout; with --msgpack a 4-byte length and MessagePack; with --fds=3,4 on those descriptors.
// --hello-at-once says hello before anything else, --hello answers the first message of type `settings` with it.
import { Socket } from 'node:net';

const option = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const flag = (name) => process.argv.includes(`--${name}`);
const number = (name, otherwise) => Number(option(name) ?? otherwise);
const [fdIn, fdOut] = option('fds')?.split(',').map(Number) ?? [];
const input = fdIn === undefined ? process.stdin : new Socket({ fd: fdIn, readable: true, writable: false });
const output = fdOut === undefined ? process.stdout : new Socket({ fd: fdOut, readable: false, writable: true });
const { pack, unpack } = flag('msgpack') ? await import('msgpackr') : {};

function frame(message) {
  if (pack === undefined) return Buffer.from(`${JSON.stringify(message)}\n`);
  const payload = pack(message);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

/** Takes the first whole message off `bytes`: [message, rest], or undefined. */
function first(bytes) {
  if (unpack === undefined) {
    const end = bytes.indexOf(10);
    return end < 0 ? undefined : [JSON.parse(bytes.subarray(0, end).toString()), bytes.subarray(end + 1)];
  }
  const end = bytes.length < 4 ? Infinity : 4 + bytes.readUInt32BE(0);
  return bytes.length < end ? undefined : [unpack(bytes.subarray(4, end)), bytes.subarray(end)];
}

function listen(onMessage) {
  let bytes = Buffer.alloc(0);
  input.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let found = first(bytes); found !== undefined; found = first(bytes)) {
      bytes = found[1];
      onMessage(found[0]);
    }
  });
}

const say = (message) => output.write(frame(message));
const hello = () => say({ type: 'hello', session: '', version: 1 });
/** An id that is not there is left out: MessagePack could say `undefined`, but only in a dialect of its own. */
const reply = (message) => {
  const { session, id } = message;
  say({ type: 'reply', session, ...(id !== undefined && { id }), echo: message });
};

/** Echoes every message. `vices` replaces the handlers of single message types; `any` handles all others. */
function serve(vices = {}) {
  const virtues = {
    settings: () => flag('hello') && hello(),
    reset: ({ session }) => say({ type: 'closed', session }),
    probe: () => say({ type: 'alive' }),
    any: reply,
  };
  const acts = new Map(Object.entries({ ...virtues, ...vices }));
  if (flag('hello-at-once')) hello();
  listen((message) => (acts.get(message.type) ?? acts.get('any'))(message));
}

export { flag, frame, listen, number, output, reply, say, serve };
