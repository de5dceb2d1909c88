// Packs every public package as it would be published, and checks the tarballs with publint and
// are-the-types-wrong, and that nothing of it runs a script when it is installed. Run it after a build: `pnpm check:packages`.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
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

// Every Node that we support can `require` an ES module, so only files that a runner evaluates itself have to be CommonJS.
// TypeScript's old resolution, `node10`, knows no `exports`: ts-jest projects use it, and `typesVersions` is for them.
// Modules of Python have no types.
const attw = [
  '--profile',
  'strict',
  '--ignore-rules',
  'cjs-resolves-to-esm',
  '--exclude-entrypoints',
  './child.py',
  './join.py',
];

/**
 * What a package installs with it, and what of that runs a script at its installation: package managers warn of those, or
 * refuse them. @param {string} folder @param {Set<string>} seen @returns {string[]}
 */
function installScripts(folder, seen = new Set()) {
  const { name, dependencies, optionalDependencies, scripts } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  if (seen.has(folder)) return [];
  seen.add(folder);
  const own = ['preinstall', 'install', 'postinstall'].filter((script) => scripts?.[script] !== undefined);
  const below = Object.keys({ ...dependencies, ...optionalDependencies })
    // The own folder of a package, or one beside it, as pnpm links them. Optional ones may be of another system.
    .flatMap((it) => [join(folder, 'node_modules', it), join(folder, ...name.split('/').map(() => '..'), it)])
    .filter((place) => existsSync(place))
    .flatMap((place) => installScripts(realpathSync(place), seen));
  return [...own.map((script) => `${name}: ${script}`), ...below];
}

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
    passes(`${manifest.name}: are-the-types-wrong`, 'attw', [tarball, '--no-emoji', ...attw], folder);
  const scripts = installScripts(folder);
  console.log(scripts.length === 0 ? `ok   ${manifest.name}: installs without scripts` : `FAIL ${scripts.join(', ')}`);
  good = fine && scripts.length === 0 && good;
}
if (count === 0) console.log('FAIL: found no public package');
process.exitCode = good && count > 0 ? 0 : 1;
