import { byKey, Frame, type Protocol, type WireId } from 'carpool/protocol';
import type { Packet } from './esbuild-packets.ts';

const names = ['packet', 'isReply', 'command', 'key', 'version', 'error'] as const;

/** What a `build` must have: the service ends, for all, where one of these is missing. */
const complete = { entries: [], flags: [], nodePaths: [], write: false, context: false, absWorkingDir: process.cwd() };

/** For each process: it remembers whose reply a number is. */
export function esbuild(): Protocol {
  /** Requests under way: number → session. */
  const calls = new Map<number, WireId>();

  return {
    name: 'esbuild',

    async hello(root) {
      const { version } = (await root.next((said) => 'version' in (said as object))) as { version: string };
      return { version };
    },

    open(port) {
      // The `key` of a build is a number; `freshId` is s1, s2, …
      const key = Number(port.freshId.slice(1));
      return {
        wireId: key,
        async close(ending) {
          // What is under way ends with its reply: what it still asks is refused, by `refuse`.
          for (const [number, owner] of calls) {
            if (owner !== key) continue;
            await ending.next((said) => (said as Packet).packet === number && (said as Packet).isReply);
          }
          // A context lives until it is disposed of, and this waits for that.
          await ending.request({ command: 'dispose' });
        },
      };
    },

    route(frame) {
      const { packet, isReply, command, key, version, error } = frame.fields(names);
      if (version !== undefined) return { as: 'event', to: undefined };
      const number = packet as number;
      if (isReply !== true) {
        // A ping is for the client as such; all other questions name their build.
        return { as: 'ask', to: command === 'ping' ? undefined : (key as number), key: String(number) };
      }
      const to = calls.get(number) ?? byKey;
      calls.delete(number);
      if (typeof error !== 'string') return { as: 'reply', to, key: String(number) };
      return { as: 'refusal', to, key: String(number), refusal: { message: error } };
    },

    address({ kind, frame, wireId, call, key }) {
      if (kind === 'answer') {
        const answer = { errors: [], warnings: [], ...(frame.message as object), packet: Number(key), isReply: true };
        return { frame: Frame.of(answer, frame.format) };
      }
      if (wireId !== undefined) calls.set(call, wireId);
      const { command } = frame.fields(names);
      const said = { ...(command === 'build' ? complete : {}), ...(frame.message as object) };
      const head = { packet: call, isReply: false, ...(wireId === undefined ? {} : { key: wireId }) };
      return { frame: Frame.of({ ...said, ...head }, frame.format), key: String(call) };
    },

    answer: (question) => ((question as { command: string }).command === 'ping' ? {} : undefined),

    refuse({ key, format, reason }) {
      const errors = [{ id: '', pluginName: '', text: reason, location: null, notes: [], detail: 0 }];
      return Frame.of({ packet: Number(key), isReply: true, errors, warnings: [] }, format);
    },
  };
}
