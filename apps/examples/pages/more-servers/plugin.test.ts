import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';

const files = {
  'app.ts': `import text from './text.words';\nexport const app: string = text;\n`,
  'text.words': 'some words',
};
const test = withPools(config, { params: { vite: { files } } });

const load = async (url: string): Promise<string> => await (await fetch(url)).text();

test('a file of words is a module', async ({ vite, expect }) => {
  const { url } = vite.opened;
  const app = await load(`${url}/app.ts`);
  expect(app).toContain(`${new URL(url).pathname}/text.words`);
  expect(await load(`${url}/text.words?import`)).toContain('export default "some words"');
});

test('an edit is seen, in its own project alone', async ({ vite, carpool, expect }) => {
  const other = await carpool.vite.register({ params: { files } });
  const text = `${vite.opened.url}/text.words?import`;
  await load(text);
  // Vite may not watch a file that is this new: the edit is made again until it is seen.
  const edit = async (): Promise<string> => {
    await writeFile(join(vite.opened.folder, 'text.words'), 'edited');
    return await load(text);
  };
  await expect.poll(edit, { timeout: 20_000 }).toContain('"edited"');
  expect(await load(`${other.opened.url}/text.words?import`)).toContain('"some words"');
});
