// Packs every public package as it would be published, and checks the tarballs with publint and
// are-the-types-wrong, that it is not larger than it should be and holds no file of an earlier build, and that nothing of it
// runs a script when it is installed. Run it after a build: `pnpm check:packages`.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

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

/** Bytes that a package may unpack to. Where one grows beyond that for a reason, raise its bound in the same change. */
const mostBytes = new Map([['carpool', 6_500_000]]);
const mostBytesOfOthers = 500_000;

/** The files of a tarball: path and text. @param {string} tarball */
function filesIn(tarball) {
  const bytes = gunzipSync(readFileSync(tarball));
  const files = new Map();
  const field = (at, length) => bytes.toString('latin1', at, at + length).split('\0')[0];
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    const prefix = field(at + 345, 155);
    const path = prefix === '' ? field(at, 100) : `${prefix}/${field(at, 100)}`;
    // '0' is a file; others are folders, and what pax says of the next one.
    if (field(at + 156, 1) === '0')
      files.set(path.replace(/^package\//, ''), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** What a package holds too much: bytes, and files that its manifest does not lead to. @param {string} name @param {string} tarball */
function excess(name, tarball) {
  const files = filesIn(tarball);
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const most = mostBytes.get(name) ?? mostBytesOfOthers;
  const built = [...files.keys()].filter((path) => path.startsWith('dist/') && !path.endsWith('.txt'));
  const reached = new Set(['package.json']);
  // A set that grows while it is gone through. Types are named by the code that they are of.
  for (const path of reached) {
    const text = files.get(path).toString('utf8');
    for (const other of built) {
      const base = other.slice(other.lastIndexOf('/') + 1);
      const names = [base, base.replace(/\.d\.(c|m)?ts$/, '.$1js')];
      if (names.some((it) => ['/', '"', "'"].some((before) => text.includes(before + it)))) reached.add(other);
    }
  }
  const stale = built.filter((path) => !reached.has(path));
  return [
    ...(total > most ? [`${name} unpacks to ${total} bytes, more than ${most}`] : []),
    ...(stale.length > 0
      ? [
          `${name} has files that nothing in it names, of an earlier build; remove its dist and build again: ${stale.join(', ')}`,
        ]
      : []),
    ...(files.size === 0 ? [`${name} has no files`] : []),
  ];
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
  const tooMuch = fine ? excess(manifest.name, tarball) : [];
  if (fine) console.log(tooMuch.length === 0 ? `ok   ${manifest.name}: size` : `FAIL ${tooMuch.join('\n')}`);
  const scripts = installScripts(folder);
  console.log(scripts.length === 0 ? `ok   ${manifest.name}: installs without scripts` : `FAIL ${scripts.join(', ')}`);
  good = fine && tooMuch.length + scripts.length === 0 && good;
}
if (count === 0) console.log('FAIL: found no public package');
process.exitCode = good && count > 0 ? 0 : 1;
