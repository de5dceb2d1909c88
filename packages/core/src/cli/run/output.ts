/** How what the shards print is shown: line by line as it comes, or of each shard as a whole at its end. */
import { styleText } from 'node:util';
import { messageOf } from '../../base/thrown.ts';
import { Lines } from './lines.ts';
import type { Shard } from './plan.ts';
import { Spool, type StreamName } from './spool.ts';
import type { Target, Writing } from './target.ts';

export type Targets = Readonly<Record<StreamName, Target>>;

/** Of one shard. */
export interface ShardOutput {
  /** @throws OutputError where it cannot be kept */
  write(stream: StreamName, chunk: Uint8Array): Writing;
  /** Nothing more comes. Resolves when all of it is printed. @param heading what is printed before it, where it comes as a whole */
  end(heading: string): Promise<void>;
}

/** What a shard prints cannot be kept until its end: the disk is full, or the folder is gone. */
export class OutputError extends Error {}

const colours = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/** "[2/4] ", in a colour where the terminal has it. */
export function prefixOf({ name, number }: Pick<Shard, 'name' | 'number'>, stream: NodeJS.WritableStream): string {
  return `${styleText(colours[(number - 1) % colours.length] ?? 'cyan', `[${name}]`, { stream })} `;
}

/** Each line as it comes. @param prefixes absent: none */
export function lineByLine(targets: Targets, prefixes?: Readonly<Record<StreamName, string>>): ShardOutput {
  const lines = { stdout: new Lines(prefixes?.stdout ?? ''), stderr: new Lines(prefixes?.stderr ?? '') };
  return {
    write: (stream, chunk) => targets[stream].write(lines[stream].push(chunk)),
    async end() {
      await targets.stdout.write(lines.stdout.end());
      await targets.stderr.write(lines.stderr.end());
    },
  };
}

/** The shards of one run, each as a whole at its end: their lines are not changed, and those of two are not mixed. */
export class WholeOutputs {
  readonly #targets: Targets;
  readonly #folders: readonly string[];
  #printed: Promise<void> = Promise.resolve();

  /** @param folders for their files: the first that allows one */
  constructor(targets: Targets, folders: readonly string[]) {
    this.#targets = targets;
    this.#folders = folders;
  }

  /** @throws OutputError */
  of({ name }: Pick<Shard, 'name'>): ShardOutput {
    const kept = <T>(work: () => T): T => {
      try {
        return work();
      } catch (thrown) {
        throw new OutputError(`Cannot keep what shard ${name} prints: ${messageOf(thrown)}`, { cause: thrown });
      }
    };
    const spool = kept(() => new Spool(this.#folders));
    return {
      write(stream, chunk) {
        kept(() => spool.append(stream, chunk));
        return undefined;
      },
      end: (heading) => (this.#printed = this.#printed.then(() => this.#print(spool, heading))),
    };
  }

  async #print(spool: Spool, heading: string): Promise<void> {
    try {
      await this.#targets.stderr.write(Buffer.from(heading));
      const last: Partial<Record<StreamName, Uint8Array>> = {};
      for (const [stream, chunk] of spool.read()) {
        last[stream] = chunk;
        await this.#targets[stream].write(chunk);
      }
      // The next one begins on a line of its own.
      for (const stream of ['stdout', 'stderr'] as const)
        if ((last[stream]?.at(-1) ?? 10) !== 10) await this.#targets[stream].write(Uint8Array.of(10));
    } finally {
      spool.close();
    }
  }
}
