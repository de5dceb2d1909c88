/**
 * Windowed mode: each session has a renderer of its own, which opens real windows. What differs from the other modes, seen
 * with plushie-renderer 0.7.1:
 *
 * - The renderer has one session and does not look at the names of sessions; it answers with an empty one.
 * - Its settings, fonts included, are those of the greeting.
 * - `reset` empties it, and it says no `session_closed`. The session ends with the process, by the `exit` operation.
 * - It answers `interact` without steps, and reads what it is sent as fast as it can take it, so there is no gate.
 */
import { CarpoolError, type Frame, type Protocol } from 'carpool/protocol';
import type { Environment } from './binary.ts';
import { diagnosticIn } from './diagnostics.ts';
import { fieldNames } from './gate.ts';
import type { PlushieMessages } from './messages.ts';
import { greet, plushieProtocol, routeTo, type PlushieProtocolOptions } from './protocol.ts';

/** The only session of a renderer. */
const only = '';

export function windowedProtocol(options: PlushieProtocolOptions): Protocol<PlushieMessages> {
  const shared = plushieProtocol(options);
  return {
    ...shared,
    hello: (root) => greet(root, options),
    open(port) {
      port.adopt(only);
      // The pool ends the renderer after its session, and gives the slot back when it is gone.
      return { wireId: port.freshId, close: () => {} };
    },
    route(frame: Frame) {
      // What comes before the first session: the hello, or why there is none.
      const fields = frame.fields(fieldNames);
      const { type } = fields;
      if (type === 'hello' || type === 'error') return { as: 'event', to: undefined };
      const diagnostic = diagnosticIn(fields, frame, options.ignoreDiagnostics);
      return diagnostic === undefined ? routeTo(only, frame) : { as: 'diagnostic', to: only, diagnostic };
    },
    address(outgoing) {
      const { frame, key } = shared.address(outgoing);
      return outgoing.wireId === undefined ? { frame } : { frame: frame.with({ session: only }), key };
    },
    goodbye(root) {
      root.send({ type: 'widget_op', op: 'exit', payload: {} });
    },
  };
}

const displays = ['WAYLAND_DISPLAY', 'WAYLAND_SOCKET', 'DISPLAY'];

/**
 * Without a display the renderer would start, say hello, and die at its first window.
 * @throws CarpoolError CHILD_NOT_STARTED on Linux without one
 */
export function checkDisplay(env: Environment, platform: string): void {
  if (platform !== 'linux' || displays.some((name) => (env[name] ?? '') !== '')) return;
  const message =
    'Cannot start plushie-renderer in windowed mode: there is no display, because neither DISPLAY nor WAYLAND_DISPLAY is ' +
    'set. Run the tests on a virtual one (`xvfb-run -a -s -noreset npx vitest run`), or use `mode: "headless"`';
  throw new CarpoolError('CHILD_NOT_STARTED', message, { blame: 'setup', context: { variables: displays } });
}
