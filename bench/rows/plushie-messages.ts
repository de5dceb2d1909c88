/**
 * A message to a Plushie renderer and its reply, in process: `pooledTransport` and `session.request` of Carpool, beside
 * the transport and the requests of a pool in the shape of plushie-typescript's (baselines/sdk-pool.ts). 100 bytes, one at a
 * time and 64 at a time, in both formats. The child only sends back what it is sent; the processor time is that of
 * this process alone, which is what a test process, or a host, pays.
 */
import { fileURLToPath } from 'node:url';
import { plushie, type PlushieMessages } from '@carpool/plushie';
import { pooledTransport } from '@carpool/plushie/backend';
import { createPool, type Session } from 'carpool';
import { SdkPool, SdkSession, type Message, type SdkTransport } from '../baselines/sdk-pool.ts';
import { compared, takeTurns } from '../measure.ts';
import type { Asked } from '../relay-paths.ts';
import type { Result, Row, RowOptions } from '../row.ts';

type Format = 'msgpack' | 'json';

/** Of one message and its reply, in microseconds. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const child = fileURLToPath(new URL('../children/plushie-echo.ts', import.meta.url));
/** With `session` and `id`, about 100 bytes. */
const query = { type: 'query', target: 'find', selector: { by: 'id', value: 'main/list/count' } };

const row: Row = async (options) => [...(await measured('msgpack', options)), ...(await measured('json', options))];
export default row;

async function measured(format: Format, options: RowOptions): Promise<Result[]> {
  await using pool = createPool(plushie({ rendererPath: process.execPath, rendererArgs: [child], format }));
  const sdk = new SdkPool(process.execPath, [child, `--${format}`], format);
  await sdk.greet();
  const session = await pool.register();
  const ways = {
    sdkTransport: new Runtime(sdk.transport()),
    transport: await runtimeOn(await pool.register()),
    sdkRequest: new SdkSession(sdk.transport()),
    request: { request: () => session.request({ type: 'query', target: 'find', selector: query.selector as never }) },
  } satisfies Record<string, Asked>;
  const results: Result[] = [];
  // One at a time, a round depends most on which processors the system gives to both processes: more, shorter rounds.
  for (const { inFlight, messages, rounds } of [
    { inFlight: 1, messages: 1_000, rounds: 31 },
    { inFlight: 64, messages: 20_000, rounds: 15 },
  ]) {
    const count = options.quick ? messages / 5 : messages;
    const contestant = (way: Asked) => () => costOf(way, count, inFlight);
    const contestants = {
      sdkTransport: contestant(ways.sdkTransport),
      transport: contestant(ways.transport),
      sdkRequest: contestant(ways.sdkRequest),
      request: contestant(ways.request),
    };
    const measures = await takeTurns(contestants, { rounds, warmUps: 3 }, options);
    for (const way of ['transport', 'request'] as const) {
      const baseline = way === 'transport' ? measures.sdkTransport : measures.sdkRequest;
      const called = way === 'transport' ? 'pooledTransport' : 'session.request';
      for (const cost of ['cpu', 'wall'] as const) {
        results.push(
          compared(
            {
              id: `plushie-${way}-${format}-${inFlight}-${cost}`,
              section: 'message',
              label: `Plushie, ${called}, ${format}, ${inFlight} in flight; the SDK's shape`,
              quantity: cost === 'cpu' ? 'CPU' : 'wall',
              unit: 'µs',
              budget: { limit: 1, side: 'at most' },
            },
            measures[way].map((measure) => measure[cost]),
            baseline.map((measure) => measure[cost]),
          ),
        );
      }
    }
  }
  sdk.close();
  return results;
}

/** What a runtime does for a message of its own: it counts them, and finds the call by the id of the reply. */
class Runtime implements Asked {
  readonly #transport: SdkTransport;
  readonly #waiting = new Map<string, (message: Message) => void>();
  #sent = 0;

  constructor(transport: SdkTransport) {
    this.#transport = transport;
    transport.onMessage((message) => this.#receive(message));
  }

  request(message: object): Promise<unknown> {
    const id = `r${++this.#sent}`;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#transport.send({ ...message, id });
    });
  }

  #receive(message: Message): void {
    const id = message['id'] as string;
    this.#waiting.get(id)?.(message);
    this.#waiting.delete(id);
  }
}

async function runtimeOn(session: Session<PlushieMessages>): Promise<Runtime> {
  const transport = pooledTransport(session);
  const runtime = new Runtime(transport);
  // The hello comes after the first message, and nothing before it.
  await runtime.request(query);
  return runtime;
}

async function costOf(way: Asked, messages: number, inFlight: number): Promise<Cost> {
  let left = messages;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await way.request(query);
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const wall = ((performance.now() - start) * 1_000) / messages;
  const used = process.cpuUsage(cpu);
  return { wall, cpu: (used.user + used.system) / messages };
}
