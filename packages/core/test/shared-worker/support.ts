/** A real host, and test files of this process that use its shared workers, one after another or side by side. */
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterEach } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host } from '../../src/main-process/types.ts';
import { currentTestSlot, closeFile, openFile } from '../../src/test-api/current-test.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { registerSharedWorker, type FilenameOptions } from '../../src/test-api/shared-worker/register.ts';
import type { SharedWorker } from '../../src/wire/shared-worker-types.ts';
import { closing, place } from '../support/pools.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- what a worker of a test says is what the test expects
export type Said = any;
export type Handle = SharedWorker.Plugin.Protocol<Said>;

export function workerFile(name: string): URL {
  return new URL(`./workers/${name}`, import.meta.url);
}

const slot = currentTestSlot();
const handles = Symbol.for('carpool.shared-workers');

/** As if the modules of the file were evaluated again. */
export function forgetRegistrations(): void {
  slot.registrations.clear();
  (slot as unknown as Record<symbol, Map<string, unknown> | undefined>)[handles]?.clear();
}

const original = process.env['TMPDIR'];

afterEach(() => {
  slot.currentTest = undefined;
  forgetRegistrations();
  if (original === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = original;
});

export interface OpenFile {
  readonly owner: FileOwner;
  readonly client: HostClient;
  register(name: string, options?: Partial<FilenameOptions>): Handle;
  /** Registers, waits until it is ready. */
  use(name: string, options?: Partial<FilenameOptions>): Promise<Handle>;
  end(): Promise<void>;
}

/** A host in the folder of this test. @param config its default export, as source */
export async function host(config?: string): Promise<Host> {
  const root = place().path;
  if (config !== undefined) writeFileSync(join(root, 'carpool.config.mjs'), `export default ${config};`);
  process.env['TMPDIR'] = root;
  const started = await startHost({ root });
  closing({ close: () => started.stop() });
  return started;
}

/** Begins a file; the others of this test go on beside it. It has a connection of its own, as in a process of its own. */
export async function open({ address }: Host, name: string = 'cart.test.ts', ofOlder?: HostClient): Promise<OpenFile> {
  forgetRegistrations();
  return await reopen({ address }, name, ofOlder);
}

/** As `open`, where modules that were evaluated for an earlier file are still there. */
export async function reopen(
  { address }: Pick<Host, 'address'>,
  name: string,
  ofOlder?: HostClient,
): Promise<OpenFile> {
  const client = ofOlder ?? closing(await HostClient.connect({ address, runner: 'a test' }));
  const path = join(place().path, name);
  const owner = new FileOwner({ path: [path], holder: { file: path }, connect: () => Promise.resolve(client) });
  closing({ close: () => owner.end() });
  const worker = (): never => {
    throw new Error('not here');
  };
  openFile(slot, { file: owner, test: () => undefined, worker, timeLeft: () => Infinity });
  const register = (file: string, options: Partial<FilenameOptions> = {}): Handle =>
    registerSharedWorker<Said>({ filename: workerFile(file), ...options });
  return {
    owner,
    client,
    register,
    async use(file, options) {
      const shared = register(file, options);
      await owner.ready();
      return shared;
    },
    end: () => closeFile(slot, owner),
  };
}

/** As where a runner evaluates modules between files: Playwright. */
export function between(): void {
  const worker = (): never => {
    throw new Error('not here');
  };
  slot.currentTest = { file: undefined, test: () => undefined, worker, timeLeft: () => Infinity };
}

/** The first reply's data. */
export async function ask(shared: Handle, data: Said): Promise<Said> {
  return await shared.request(data);
}
