import { describe, expect, test } from 'vitest';
import { locateRenderer, rendererEnvironment } from './binary.ts';

describe('which renderer is started', () => {
  const env = { PLUSHIE_BINARY_PATH: '/opt/renderer', PATH: '/bin' };

  test('the path in the options comes first', () => {
    expect(locateRenderer({ rendererPath: '/mine', env })).toMatchObject({ command: '/mine', source: 'rendererPath' });
  });

  test('then PLUSHIE_BINARY_PATH', () => {
    expect(locateRenderer({ env })).toMatchObject({ command: '/opt/renderer', source: 'PLUSHIE_BINARY_PATH' });
  });

  test('then the name, to be looked up in PATH; the error can say how to get one', () => {
    const location = locateRenderer({ rendererPath: undefined, env: { PLUSHIE_BINARY_PATH: '', PATH: '/bin' } });
    expect(location).toMatchObject({ command: 'plushie-renderer', source: 'PATH' });
    expect(location.searched.join('; ')).toBe(
      'the option rendererPath: not set; PLUSHIE_BINARY_PATH: not set; plushie-renderer in PATH: /bin',
    );
    expect(location.installHint).toContain('cargo install plushie-renderer --version 0.7.1 --locked');
  });

  test('the renderer does not get the display of the user who runs the tests', () => {
    for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']) {
      expect(rendererEnvironment).not.toContain(name);
    }
  });
});
