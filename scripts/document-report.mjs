// Runs the suites of apps/examples/shared in three runners at a time, and writes the picture of their report that docs/command.md
// shows: docs/report.png. It needs Chromium. Run it by hand, after the page has changed: `pnpm document:report`. With the path of a
// run, as `carpool report --list` names them, it is of that one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const examples = join(root, 'apps/examples');
const folder = join(examples, 'shared');
const command = join(root, 'packages/core/dist/cli.js');
const { chromium } = createRequire(join(root, 'packages/core/package.json'))('playwright-core');
const temporary = mkdtempSync(join(tmpdir(), 'carpool-report-'));
const file = (name) => join(temporary, name);

/** @param {string[]} args @param {object} env */
function carpool(args, env = {}) {
  return execFileSync(process.execPath, [command, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CARPOOL_ADDRESS: undefined, ...env },
  });
}

/** The path of a new run. */
function ranAgain() {
  const runners = join(examples, 'three-runners/all.ts');
  const env = { NODE_OPTIONS: '--experimental-vm-modules', NO_COLOR: '1', FORCE_COLOR: undefined, SEEN: file('seen') };
  carpool(['run', '--', process.execPath, runners], env);
  return carpool(['report', '--list']).split('\n')[0];
}

try {
  const run = process.argv[2] ?? ranAgain();
  // Whose machine it was is no matter of the picture.
  writeFileSync(file('run.jsonl'), readFileSync(run, 'utf8').replaceAll(root, '/code/carpool'));
  carpool(['report', file('run.jsonl'), '--html', file('report.html')]);

  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 830 }, colorScheme: 'light' });
  await page.goto(pathToFileURL(file('report.html')).href);
  await page.waitForSelector('html[data-ready]');
  // The one that waited longest.
  await page.locator('.waits button').first().click();
  await page.keyboard.press('Home');
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(root, 'docs/report.png') });
  await browser.close();
  console.log('docs/report.png is written');
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
