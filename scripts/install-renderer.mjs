// Installs the real plushie-renderer into a cache outside the tree, once, and prints its path as the last line of
// stdout; all else goes to stderr.
//
//   node scripts/install-renderer.mjs                     install it unless it is there, print its path
//   node scripts/install-renderer.mjs --debian-packages   print what has to be installed on Debian besides Rust
//
// Plain Node from 20, no dependencies: it may run before anything is installed. A first build takes some minutes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';

const version = '0.7.1';
const neededRust = [1, 92];

/** Rust links with the system's compiler. Nothing else: the display libraries are loaded when they are used. */
const debianPackages = ['gcc', 'libc6-dev'];

const cache = process.env['XDG_CACHE_HOME'] ?? '';
const root = join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'carpool', `plushie-renderer-${version}`);
const binary = join(root, 'bin', process.platform === 'win32' ? 'plushie-renderer.exe' : 'plushie-renderer');

if (process.argv.includes('--debian-packages')) {
  console.log(debianPackages.join(' '));
} else {
  await main();
}

async function main() {
  if ((await faultOf(binary)) !== undefined) {
    checkRust();
    await build();
    const fault = await faultOf(binary);
    if (fault !== undefined) fail(`${binary} was built, but ${fault}.`);
  } else {
    console.error(`plushie-renderer ${version} is there already.`);
  }
  console.log(binary);
}

/**
 * Why this is not the wanted renderer, as a message; `undefined` if it is. It has no `--version`: it is greeted, and
 * its hello says which it is.
 * @param {string} path
 */
async function faultOf(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return 'it is not there, or not executable';
  }
  const child = spawn(path, ['--mock', '--json'], { stdio: ['pipe', 'pipe', 'ignore'], env: {}, timeout: 20_000 });
  const exit = once(child, 'close').catch((error) => error);
  child.stdin.on('error', () => {});
  child.stdin.end('{"type":"settings","session":"","settings":{"protocol_version":1}}\n');
  let hello;
  for await (const line of createInterface({ input: child.stdout })) hello ??= line;
  const outcome = await exit;
  if (outcome instanceof Error) return `it does not start: ${outcome.message}`;
  if (hello === undefined) return 'it does not say hello';
  try {
    const found = JSON.parse(hello).version;
    return found === version ? undefined : `it is version ${found}`;
  } catch {
    return `it says something else than hello: ${hello.slice(0, 100)}`;
  }
}

function checkRust() {
  const get = `Install Rust ${neededRust.join('.')} or newer (https://rustup.rs), or bring an old one up to date: rustup update stable.`;
  if (spawnSync('cargo', ['--version']).status !== 0) fail(`There is no cargo in PATH. ${get}`);
  const said = spawnSync(process.env['RUSTC'] ?? 'rustc', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(said) ?? [];
  const [neededMajor, neededMinor] = neededRust;
  const enough = Number(major) > neededMajor || (Number(major) === neededMajor && Number(minor) >= neededMinor);
  if (!enough) fail(`Rust is too old: ${said.trim() || 'rustc says nothing'}. ${get}`);
}

async function build() {
  console.error(`Building plushie-renderer ${version} into ${root}; the first time this takes some minutes.`);
  mkdirSync(root, { recursive: true });
  const args = ['install', 'plushie-renderer', '--version', version, '--locked', '--force', '--root', root];
  // All output of Cargo goes to stderr: stdout is for the path.
  const cargo = spawn('cargo', args, { stdio: ['ignore', process.stderr, process.stderr] });
  const [code, signal] = await once(cargo, 'close');
  if (code === 0) return;
  fail(
    `cargo install ended with ${signal ?? `code ${code}`}; its output is above. If the linker is what is missing, ` +
      `on Debian: apt-get install ${debianPackages.join(' ')}`,
  );
}

/** @param {string} words */
function fail(words) {
  console.error(`install-renderer: ${words}`);
  process.exit(1);
}
