/** Runs of several work trees on a machine's host of the test's own. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, vi } from 'vitest';

interface Host {
  readonly provided: { readonly address?: string | undefined };
  runStarted(): Promise<void>;
  stop(): Promise<unknown>;
}

interface Session {
  readonly opened?: unknown;
  unregister(): Promise<unknown>;
}

interface Client {
  register(pool: string): Promise<Session>;
  stats(): Promise<readonly { readonly name: string; readonly pids: readonly number[] }[]>;
  close(): unknown;
}

/** Of `carpool`, as the package under test has it. */
export interface CarpoolParts {
  readonly RunHost: new (options: { root: string; runner: string; version: string; host: 'machine' }) => Host;
  readonly connectClient: (options: { address: string; runner: string }) => Promise<Client>;
  /** The folder of the package under test. */
  readonly folder: string;
}

/** What a run has of a pool. */
export interface Seen {
  readonly opened: unknown;
  readonly pids: readonly number[];
}

export class MachineOfTest {
  readonly #parts: CarpoolParts;
  readonly folder: string;

  /** The host that runs start is ended after the test. */
  constructor(parts: CarpoolParts) {
    this.#parts = parts;
    this.folder = mkdtempSync(join(tmpdir(), 'cp-'));
    // Servers that refuse to run as root run as another user.
    chmodSync(this.folder, 0o711);
    vi.stubEnv('TMPDIR', this.folder);
    onTestFinished(async () => {
      const cli = join(dirname(createRequire(join(parts.folder, 'package.json')).resolve('carpool')), 'cli.js');
      await promisify(execFile)(process.execPath, [cli, 'stop'], { env: { ...process.env } });
      vi.unstubAllEnvs();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** A work tree with these files, and a config. */
  workTree(name: string, files: Readonly<Record<string, string>>): string {
    const tree = join(this.folder, name);
    for (const [file, text] of Object.entries({ '.git/HEAD': `ref: refs/heads/${name}\n`, ...files })) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    return tree;
  }

  /** A session of a new run in this folder. The run goes on until the end of the test. */
  async session(root: string, pool: string): Promise<Seen> {
    const { RunHost, connectClient } = this.#parts;
    const host = new RunHost({ root, runner: 'a test', version: '1.2.3', host: 'machine' });
    onTestFinished(() => void host.stop());
    await host.runStarted();
    const client = await connectClient({ address: String(host.provided.address), runner: 'a test' });
    onTestFinished(() => void client.close());
    const session = await client.register(pool);
    const { opened } = session;
    await session.unregister();
    return { opened, pids: (await client.stats()).find(({ name }) => name === pool)?.pids ?? [] };
  }
}
