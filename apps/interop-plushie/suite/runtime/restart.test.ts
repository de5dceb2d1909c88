/** The SDK's own runtime, whose renderer dies. */
import { readFileSync } from 'node:fs';
import counter from 'plushie/examples/counter';
import { Runtime, type RendererExit } from 'plushie/runtime';
import { SpawnTransport } from 'plushie/transport';
import { expect, test as base, vi } from 'vitest';
import { format, mode, required } from '../variables.ts';

const test = base.extend<{ readonly app: App }>({
  // oxlint-disable-next-line no-empty-pattern
  app: async ({}, use) => {
    const app = new App();
    await app.runtime.start();
    await use(app);
    app.runtime.stop();
    vi.restoreAllMocks();
  },
});

/** The counter, on transports that are made anew when one has ended. */
class App {
  readonly exits: RendererExit[] = [];
  readonly restarted = vi.spyOn(console, 'info');
  readonly runtime = new Runtime(
    {
      ...counter.config,
      handleRendererExit: (model, exit) => {
        this.exits.push(exit);
        return model;
      },
    },
    () => new SpawnTransport({ binary: required('PLUSHIE_BINARY_PATH'), format, args: [`--${mode}`] }),
  );

  click(): Promise<void> {
    return this.runtime.interact('click', { by: 'id', value: 'inc' });
  }

  async restarts(times: number): Promise<void> {
    await vi.waitUntil(() => this.restarted.mock.calls.length === times, { timeout: 4000 });
  }
}

/** To the renderer that was started last; the run has no other file, and thus no other renderer. */
function signal(name: NodeJS.Signals): void {
  const pids = readFileSync(required('CARPOOL_INTEROP_STARTS'), 'utf8').trim().split('\n');
  process.kill(Number(pids.at(-1)), name);
}

test('tells the app once, and keeps its model', async ({ app }) => {
  await app.click();
  signal('SIGKILL');
  await app.restarts(1);
  expect(app.exits).toEqual([{ type: 'crash', message: expect.stringContaining('SIGKILL') }]);
  expect(app.runtime.model()).toEqual({ count: 1 });
});

test('goes on with the next renderer', async ({ app }) => {
  await app.click();
  for (const times of [1, 2, 3]) {
    signal('SIGKILL');
    await app.restarts(times);
    await app.click();
  }
  expect(app.runtime.model()).toEqual({ count: 4 });
  expect(app.exits).toHaveLength(3);
});

test('fails an interaction that is under way', async ({ app }) => {
  signal('SIGSTOP');
  const clicked = app.click();
  signal('SIGKILL');
  await expect(clicked).rejects.toThrow('renderer closed');
  await app.restarts(1);
  await app.click();
  expect(app.runtime.model()).toEqual({ count: 1 });
  expect(app.exits).toHaveLength(1);
});

test('says nothing when the app stops', async ({ app }) => {
  await app.click();
  app.runtime.stop();
  await new Promise(setImmediate);
  expect(app.exits).toEqual([]);
});
