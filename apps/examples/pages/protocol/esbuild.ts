import { byKey, CarpoolError, Frame, type Protocol } from 'carpool/protocol';
import type { Packet } from './esbuild-packets.ts';

const names = ['packet', 'isReply', 'command', 'key', 'version', 'error'] as const;

/** What a `build` must have: the service ends, for all, where one of these is missing. */
const complete = { entries: [], flags: [], nodePaths: [], write: false, context: false, absWorkingDir: process.cwd() };

/** Keys of one session: esbuild knows a build by its key, over all sessions. */
const keys = 1000;

interface Call {
  readonly session: number | undefined;
  /** The key that is free again with the reply. */
  readonly frees: number | undefined;
}

/** For each process: it remembers whose reply a number is. */
export function esbuild(): Protocol {
  /** Requests under way, by their number. */
  const calls = new Map<number, Call>();
  /** Keys of builds under way, and of contexts. */
  const inUse = new Set<number>();

  return {
    name: 'esbuild',

    async hello(root) {
      const { version } = (await root.next((said) => 'version' in (said as object))) as { version: string };
      return { version };
    },

    open(port) {
      // `freshId` is s1, s2, …
      const session = Number(port.freshId.slice(1));
      return {
        wireId: session,
        async close(ending) {
          // What is under way ends with its reply: what it still asks is refused, by `refuse`.
          for (const [number, call] of calls) {
            if (call.session !== session) continue;
            await ending.next((said) => (said as Packet).packet === number && (said as Packet).isReply);
          }
          // A context lives until it is disposed of, and this waits for that.
          for (const key of inUse) {
            if (Math.floor(key / keys) === session) await ending.request({ command: 'dispose', key: key % keys });
          }
        },
      };
    },

    route(frame) {
      const { packet, isReply, command, key, version, error } = frame.fields(names);
      if (version !== undefined) return { as: 'event', to: undefined };
      const number = packet as number;
      if (isReply !== true) {
        // A ping is for the client as such; all other questions name their build.
        const to = command === 'ping' ? undefined : Math.floor((key as number) / keys);
        return { as: 'ask', to, key: String(number) };
      }
      const call = calls.get(number);
      calls.delete(number);
      if (call?.frees !== undefined) inUse.delete(call.frees);
      const reply = { to: call?.session ?? byKey, key: String(number) };
      if (typeof error !== 'string') return { as: 'reply', ...reply };
      return { as: 'refusal', ...reply, refusal: { message: error } };
    },

    address({ kind, frame, wireId, call, key: number }) {
      const { format } = frame;
      const message = frame.message as { command?: string; context?: boolean; key?: number };
      if (kind === 'answer') {
        const answer = { errors: [], warnings: [], ...message, packet: Number(number), isReply: true };
        return { frame: Frame.of(answer, format) };
      }
      const { command, context = false, key: own = 0 } = message;
      const key = Number(wireId) * keys + own;
      if (!(own >= 0 && own < keys) || (command === 'build' && inUse.has(key))) {
        // The service would end.
        const why = `Cannot build: the key ${own} is in use. Give another \`key\`, below ${keys}, or dispose of its context`;
        throw new CarpoolError('SESSION_REFUSED', why, { scope: 'call', blame: 'test' });
      }
      if (command === 'build') inUse.add(key);
      const isOver = command === 'dispose' || (command === 'build' && !context);
      calls.set(call, { session: Number(wireId), frees: isOver ? key : undefined });
      const said = { ...(command === 'build' ? complete : {}), ...message, key, packet: call, isReply: false };
      return { frame: Frame.of(said, format), key: String(call) };
    },

    answer: (question) => ((question as { command: string }).command === 'ping' ? {} : undefined),

    refuse({ key, format, reason }) {
      const errors = [{ id: '', pluginName: '', text: reason, location: null, notes: [], detail: 0 }];
      return Frame.of({ packet: Number(key), isReply: true, errors, warnings: [] }, format);
    },
  };
}
