/**
 * The test process of a short file, for rows/cpu.ts: it takes and gives back seven sessions, then sends 35 requests on one
 * more, and reports the processor time of each of the two. It is as cold as the process of a test file: V8 has not
 * optimized what it runs, which a warm loop would hide.
 *
 *   node short-test-process.ts carpool ADDRESS      sessions of a host
 *   node short-test-process.ts by-hand PORT         the relay of suites/support
 */
import { connectByHand } from '../suites/by-hand.ts';

export const sessions = 7;
export const requests = 35;

/** What it measures, one after the other; its parent sends the name of each. */
export type Phase = 'sessions' | 'requests';

interface Subject {
  /** Takes a session. */
  open(): Promise<Taken>;
  close(): void;
}

interface Taken {
  request(message: Record<string, unknown>): Promise<unknown>;
  giveBack(): Promise<unknown>;
}

if (import.meta.main) await serve();

async function serve(): Promise<void> {
  const [, , kind, where = ''] = process.argv;
  const subject = kind === 'carpool' ? await carpool(where) : await byHand(Number(where));
  process.on('message', (phase: Phase) => {
    void measure(subject, phase).then((micros) => process.send?.(micros));
  });
  process.on('disconnect', () => subject.close());
  process.send?.('ready');
}

/** @returns microseconds of processor time */
async function measure(subject: Subject, phase: Phase): Promise<number> {
  switch (phase) {
    case 'sessions':
      return cpuOf(async () => {
        for (let count = 0; count < sessions; count++) await (await subject.open()).giveBack();
      });
    case 'requests': {
      const session = await subject.open();
      const micros = await cpuOf(async () => {
        for (let value = 0; value < requests; value++) await session.request({ type: 'x', value });
      });
      await session.giveBack();
      return micros;
    }
  }
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function carpool(address: string): Promise<Subject> {
  const { connectClient } = await import('carpool/adapter/test-process');
  const client = await connectClient({ address, runner: 'bench' });
  return {
    async open() {
      const session = await client.register('suite');
      return { request: (message) => session.request(message), giveBack: () => session.unregister() };
    },
    close: () => client.close(),
  };
}

async function byHand(port: number): Promise<Subject> {
  const client = await connectByHand(port);
  return {
    open() {
      const session = client.session();
      return Promise.resolve({
        request: (message: Record<string, unknown>) => session.request(message),
        giveBack: () => session.end(),
      });
    },
    close: () => client.close(),
  };
}
