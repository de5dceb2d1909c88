import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { server, type ServerOpen } from 'carpool';

/** What a test gives: file name → text. */
export interface Project {
  readonly files: Readonly<Record<string, string>>;
}

export const devServer = server({
  command: 'vite',
  // Its root is a folder of this process alone; `dev.config.mjs` has the plugin under test.
  args: ['{temp}', '--config', 'dev.config.mjs', '--host', '127.0.0.1', '--port', '{port}', '--strictPort'],
  ready: { http: '/@vite/client' },
  async open({ url, temp }, { params, freshId }: ServerOpen<Project>) {
    const folder = join(temp, freshId);
    for (const [name, text] of Object.entries(params?.files ?? {})) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return { url: `${url}/${freshId}`, folder };
  },
  async close(_server, { folder }) {
    await rm(folder, { recursive: true, force: true });
  },
  maxSessions: 16,
});
