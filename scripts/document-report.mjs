// Runs suites of apps/examples as their own tests do, and writes the picture of their report that docs/command.md shows:
// docs/report.png, in which all of these runs are on one page. It needs Chromium; where there is a program that a suite needs is
// said in apps/examples. Run it by hand, after the page has changed: `pnpm document:report`. With paths of runs, as `carpool
// report --list` names them, it is of those.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'apps/examples');
const carpool = join(root, 'packages/core/dist/cli.js');
const { chromium } = createRequire(join(root, 'packages/core/package.json'))('playwright-core');
const vitest = join(
  dirname(createRequire(join(examples, 'package.json')).resolve('vitest/package.json')),
  'vitest.mjs',
);
const temporary = mkdtempSync(join(tmpdir(), 'carpool-report-'));
const file = (name) => join(temporary, name);

const threeRunners = [carpool, 'run', '--', process.execPath, join(examples, 'three-runners/all.ts')];
/** Each is one run: its folder, and the program that Node runs there. */
const suites = [
  { folder: 'shared', args: threeRunners },
  { folder: 'three-runners', args: threeRunners },
  { folder: 'language-server', args: [vitest, 'run'] },
  { folder: 'postgres', args: [vitest, 'run'] },
  { folder: '.', args: [vitest, 'run', 'tests/'] },
  { folder: 'redis', args: [vitest, 'run'] },
];

/** @param {string} folder @param {string[]} args */
async function run(folder, args) {
  const child = spawn(process.execPath, args, {
    cwd: join(examples, folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules',
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      CARPOOL_ADDRESS: undefined,
      SEEN: file('seen'),
    },
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The suite of ${folder} ended with ${code}:\n${(await printed).join('\n')}`);
}

/** The paths of the runs that are kept for a folder of the examples, the last one first. @param {string} folder */
function kept(folder) {
  const cwd = join(examples, folder);
  const listed = execFileSync(process.execPath, [carpool, 'report', '--list'], { cwd, encoding: 'utf8' });
  return listed.split('\n').filter((path) => path !== '');
}

/** Runs a suite. @returns the path of its run @param {(typeof suites)[number]} suite */
async function ran({ folder, args }) {
  const before = new Set(kept(folder));
  await run(folder, args);
  // Several suites may keep theirs in the same place.
  const isOwn = (path) => JSON.parse(readFileSync(path, 'utf8').split('\n', 1)[0]).folder === join(examples, folder);
  const own = kept(folder).find((path) => !before.has(path) && isOwn(path));
  if (own === undefined) throw new Error(`The suite of ${folder} has left no run`);
  return own;
}

/** The paths of new runs. */
async function ranAgain() {
  const waiting = suites.values();
  // Two at a time: each has several processes of its own.
  const each = [1, 2].map(async () => {
    const runs = [];
    for (const suite of waiting) runs.push(await ran(suite));
    return runs;
  });
  return (await Promise.all(each)).flat();
}

try {
  const runs = process.argv.length > 2 ? process.argv.slice(2) : await ranAgain();
  const copies = runs.map((run, at) => {
    // Whose machine it was is no matter of the picture.
    writeFileSync(file(`${at}.jsonl`), readFileSync(run, 'utf8').replaceAll(root, '/code/carpool'));
    return file(`${at}.jsonl`);
  });
  execFileSync(process.execPath, [carpool, 'report', ...copies, '--html', file('report.html')]);

  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1180, height: 1180 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(file('report.html')).href);
  await page.waitForSelector('html[data-ready]');
  await page.getByLabel('Rows', { exact: true }).selectOption('Rows by test process');
  // The one that waited longest, and what was so around it.
  await page.locator('.waits button').first().click();
  await page.locator('.lanes .scroller').focus();
  for (const key of ['f', '-', '-', '-', '-']) await page.keyboard.press(key);
  await page.evaluate(() => document.activeElement.blur());
  await page.evaluate(() => scrollTo(0, 0));
  const legend = await page.locator('#legend').boundingBox();
  const clip = { x: 0, y: 0, width: 1180, height: Math.ceil(legend.y + legend.height + 14) };
  await page.screenshot({ path: join(root, 'docs/report.png'), clip, fullPage: true });
  await browser.close();
  console.log('docs/report.png is written');
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
