// Packs every public package as it would be published, and checks the tarballs with publint and
// are-the-types-wrong. Run it after a build: `pnpm check:packages`.
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const out = join(root, '.tmp', 'packed');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/**
 * Runs a program; prints its output only if it failed.
 * @param {string} name @param {string} command @param {string[]} args @param {string} cwd
 */
function passes(name, command, args, cwd) {
  try {
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    console.log(`ok   ${name}`);
    return true;
  } catch (error) {
    console.log(`FAIL ${name}`, error.stdout ?? error, error.stderr ?? '');
    return false;
  }
}

const offersCommonJs = (exports) => JSON.stringify(exports).includes('"require"');
// Every Node that we support can `require` an ES module, so only files that a runner evaluates itself have to be CommonJS.
const attwOf = (exports) =>
  offersCommonJs(exports)
    ? ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm']
    : ['--profile', 'esm-only'];

let good = true;
let count = 0;
for (const path of globSync('packages/*/package.json', { cwd: root }).toSorted()) {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'));
  if (manifest.private === true) continue;
  count += 1;
  const tarball = join(out, `${manifest.name.replace('@', '').replace('/', '-')}.tgz`);
  const folder = join(root, dirname(path));
  const fine =
    passes(`${manifest.name}: pack`, 'pnpm', ['pack', '--out', tarball], folder) &&
    passes(`${manifest.name}: publint`, 'publint', ['run', tarball, '--strict'], folder) &&
    passes(
      `${manifest.name}: are-the-types-wrong`,
      'attw',
      [tarball, '--no-emoji', ...attwOf(manifest.exports)],
      folder,
    );
  good = fine && good;
}
if (count === 0) console.log('FAIL: found no public package');
process.exitCode = good && count > 0 ? 0 : 1;
