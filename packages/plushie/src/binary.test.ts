import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locateRenderer, rendererEnvironment, type Machine } from './binary.ts';

/** A machine with these programs, and with a repository at /repo. */
function machine(programs: readonly string[], changes: Partial<Machine> = {}): Machine {
  return {
    env: { PATH: '/usr/bin', HOME: '/home/me' },
    platform: 'linux',
    arch: 'x64',
    cwd: '/repo/apps/shop',
    isProgram: (path) => programs.includes(path),
    exists: (path) => path === '/repo/.git',
    list: (folder) => programs.filter((path) => posix.dirname(path) === folder).map((path) => posix.basename(path)),
    find: (command) => programs.find((path) => path === `/usr/bin/${command}`),
    join: posix.join,
    resolve: posix.resolve,
    dirname: posix.dirname,
    ...changes,
  };
}

describe('which renderer is started', () => {
  // In the order in which they are looked for.
  const places = [
    '/repo/apps/shop/_build/test/plushie-renderer-spec/target/plushie-renderer/target/release/my-shop-renderer',
    '/repo/apps/shop/_build/dev/plushie-renderer-spec/target/plushie-renderer/target/debug/my-shop-renderer',
    '/repo/apps/shop/target/plushie-renderer/target/release/shop-renderer',
    '/repo/apps/shop/bin/plushie-renderer',
    '/repo/apps/bin/plushie-renderer',
    '/repo/bin/plushie-renderer',
    '/repo/apps/shop/_build/plushie/bin/plushie-renderer',
    '/repo/apps/shop/_build/plushie/bin/plushie-renderer-linux-x86_64',
    '/repo/apps/shop/_build/plushie/bin/plushie-linux-x86_64',
    '/repo/apps/shop/build/plushie/bin/plushie-renderer-linux-x86_64',
    '/repo/apps/shop/_build/dev/plushie-renderer/target/release/plushie-renderer',
    '/repo/apps/shop/_build/prod/plushie-renderer/target/release/plushie-renderer',
    '/repo/apps/shop/plushie-renderer',
    '/src/plushie-rust/target/release/plushie-renderer',
    '/src/plushie-rust/target/debug/plushie-renderer',
    '/repo/apps/plushie-rust/target/release/plushie-renderer',
    '/repo/apps/plushie-renderer/target/debug/plushie-renderer',
    '/usr/bin/plushie-renderer',
    '/home/me/.cargo/bin/plushie-renderer',
  ];
  const env = { PATH: '/usr/bin', HOME: '/home/me', PLUSHIE_RUST_SOURCE_PATH: '/src/plushie-rust' };

  test.each(places.map((place, index) => [place, places.slice(index)] as const))('%s', (place, there) => {
    expect(locateRenderer(undefined, machine(there, { env })).command).toBe(place);
  });

  test('one that the user has named comes first, and none takes its place', () => {
    const named = { ...env, PLUSHIE_BINARY_PATH: '/opt/renderer' };
    expect(locateRenderer('/mine', machine(places, { env: named }))).toMatchObject({
      command: '/mine',
      searched: ['the option rendererPath: /mine'],
    });
    const byVariable = locateRenderer(undefined, machine(places, { env: named }));
    expect(byVariable.command).toBe('/opt/renderer');
    expect(byVariable.installHint).toContain('Correct PLUSHIE_BINARY_PATH');
    expect(locateRenderer('', machine(places, { env: { ...env, PLUSHIE_BINARY_PATH: '' } })).command).toBe(places[0]);
  });

  test('outside of the repository nothing is started but what is installed', () => {
    expect(locateRenderer(undefined, machine(['/bin/plushie-renderer'])).command).toBe('plushie-renderer');
  });

  test('a build of the project is where MIX_ENV and CARGO_TARGET_DIR say, and only a renderer is started', () => {
    const of = (folder: string, name: string): string => `${folder}/plushie-renderer/target/release/${name}`;
    const inTest = of('/repo/apps/shop/_build/test/plushie-renderer-spec/target', 'shop-renderer');
    const inCi = of('/repo/apps/shop/_build/ci/plushie-renderer-spec/target', 'shop-renderer');
    const shared = of('/repo/apps/target', 'shop-renderer');
    const there = machine([inTest, inCi, shared, of('/repo/apps/target', 'a-tool'), `${shared}.d`]);
    const found = (variables: Machine['env']): string =>
      locateRenderer(undefined, { ...there, env: variables }).command;
    expect(found({})).toBe(inTest);
    expect(found({ MIX_ENV: 'ci' })).toBe(inCi);
    const cargo = machine([shared, of('/repo/apps/target', 'a-tool'), `${shared}.d`]);
    const env = { CARGO_TARGET_DIR: '../target' };
    expect(locateRenderer(undefined, { ...cargo, env }).command).toBe(shared);
  });

  test('if there is none, the error says where it was looked for, and each way to get one', () => {
    const { searched, installHint } = locateRenderer(undefined, machine([]));
    expect(searched).toEqual([
      'the option rendererPath: not set',
      'PLUSHIE_BINARY_PATH: not set',
      expect.stringContaining('/repo/apps/shop/_build and /repo/apps/shop/target'),
      'bin/plushie-renderer in /repo/apps/shop and the folders around it, up to /repo',
      expect.stringContaining('/repo/apps/shop/_build and /repo/apps/shop/build'),
      '/repo/apps/shop/plushie-renderer',
      'target/release and target/debug of /repo/apps/plushie-rust, /repo/apps/plushie-renderer',
      'plushie-renderer in PATH: /usr/bin',
      '/home/me/.cargo/bin/plushie-renderer',
    ]);
    for (const way of [
      'npx plushie download',
      'gleam run -m plushie/download',
      'mix plushie.download',
      'cargo install plushie-renderer --version 0.7.1 --locked',
      'plushie({ rendererPath })',
      'PLUSHIE_BINARY_PATH',
    ]) {
      expect(installHint).toContain(way);
    }
  });

  test('on Windows the names are those of Windows', () => {
    const windows = { platform: 'win32', arch: 'arm64' };
    const name = '/repo/apps/shop/_build/plushie/bin/plushie-renderer-windows-aarch64.exe';
    expect(locateRenderer(undefined, machine([name], windows)).command).toBe(name);
    expect(locateRenderer(undefined, machine(['/repo/bin/plushie-renderer.exe'], windows)).command).toBe(
      '/repo/bin/plushie-renderer.exe',
    );
  });
});

describe('what the renderer gets of the environment', () => {
  const env = {
    PATH: '/bin',
    LC_TIME: 'C',
    FONTCONFIG_FILE: 'f',
    VK_ICD_FILENAMES: 'v',
    Path: 'p',
    DISPLAY: ':0',
    DBUS_SESSION_BUS_ADDRESS: 'unix:',
    AT_SPI_BUS: 'a',
    SECRET: 's',
  };

  test('what the SDKs pass, without the desktop of the user', () => {
    expect(rendererEnvironment(env, false)).toEqual(['PATH', 'LC_TIME', 'FONTCONFIG_FILE', 'VK_ICD_FILENAMES', 'Path']);
  });

  test('for a window, the desktop too', () => {
    expect(rendererEnvironment(env, true)).toEqual(Object.keys(env).filter((name) => name !== 'SECRET'));
  });
});
