/** What a page in the browser looks like, for tests. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

export const sizes = {
  phone: { width: 400, height: 800 },
  laptop: { width: 1280, height: 800 },
  'wide screen': { width: 1920, height: 1080 },
};
export type Size = keyof typeof sizes;
export type Scheme = 'light' | 'dark';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(axe, 'utf8'));
  return await page.evaluate(async () => {
    const { axe: it } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await it.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

/** Pairs of parts of the page that are over each other. */
export function overlapping(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const parts = [
      ...document.querySelectorAll(
        'header, #tiles .tile, #findings li, #toolbar > *, #overview, #lanes, #legend, #table, #waits, #children, #pools, #leases, footer',
      ),
    ].map((element) => ({
      name: `${element.id || element.className || element.tagName} ${(element.textContent ?? '').slice(0, 20)}`,
      box: element.getBoundingClientRect(),
    }));
    return parts.flatMap((a, at) =>
      parts
        .slice(at + 1)
        .filter(
          ({ box }) =>
            a.box.left < box.right - 1 &&
            box.left < a.box.right - 1 &&
            a.box.top < box.bottom - 1 &&
            box.top < a.box.bottom - 1,
        )
        .map((b) => `${a.name} / ${b.name}`),
    );
  });
}

/** The pixels of the timeline, as a text. */
export function picture(page: Page): Promise<string> {
  return page.locator('.lanes canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

/** The colours that are drawn in the timeline. */
export async function colours(page: Page): Promise<Set<string>> {
  const all = await page.locator('.lanes canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data = [] } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    const found = new Set<string>();
    for (let at = 0; at < data.length; at += 4) found.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return [...found];
  });
  return new Set(all);
}
