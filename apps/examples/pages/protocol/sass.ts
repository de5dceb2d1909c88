import { Frame, type Gate, type Protocol } from 'carpool/protocol';

const names = ['compilation'] as const;

/** What the compiler asks, and the name of its answer. */
const questions = [
  ['canonicalizeRequest', 'canonicalizeResponse'],
  ['importRequest', 'importResponse'],
] as const;

type Said = Record<string, any>;

/** A compilation at a time in each session: its id is in use until the compiler has replied. */
function oneCompilation(): Gate & { readonly busy: boolean } {
  let busy = false;
  return {
    get busy() {
      return busy;
    },
    admits: (frame) => !busy || !frame.has('compileRequest'),
    // Answers overtake a compilation that waits.
    kind: (frame) => (frame.has('compileRequest') ? 'compilation' : 'answer'),
    sent(frame) {
      if (frame.has('compileRequest')) busy = true;
    },
    received(frame) {
      if (frame.has('compileResponse')) busy = false;
    },
  };
}

export const sass: Protocol = {
  name: 'embedded-sass',

  hello: async (root) => ((await root.request({ versionRequest: { id: 0 } })) as Said)['versionResponse'],
  probe: (root) => root.request({ versionRequest: { id: 0 } }),

  open(port) {
    const gate = oneCompilation();
    return {
      wireId: Number(port.freshId.slice(1)),
      gate,
      // A compilation is over with its reply, and nothing of it is left. Without one there is nothing to wait for.
      async close(ending) {
        if (gate.busy) await ending.next((said) => 'compileResponse' in (said as object));
      },
    };
  },

  route(frame) {
    // Compilation 0 is none: the version, and errors of the protocol.
    const to = Number(frame.fields(names)['compilation']) || undefined;
    const said = frame.message as Said;
    const question = questions.find(([name]) => name in said);
    if (question !== undefined) return { as: 'ask', to, key: `${question[1]} ${said[question[0]].id}` };
    if ('versionResponse' in said) return { as: 'reply', to, key: 'version' };
    if ('logEvent' in said) return { as: 'event', to };
    if (!('compileResponse' in said)) return { as: 'unknown' };
    const { failure } = said['compileResponse'];
    if (failure === undefined) return { as: 'reply', to, key: 'compilation' };
    return { as: 'refusal', to, key: 'compilation', refusal: { message: failure.formatted || failure.message } };
  },

  address({ kind, frame, wireId = 0, key = '' }) {
    if (kind !== 'answer') {
      return { frame: frame.with({ compilation: wireId }), key: wireId === 0 ? 'version' : 'compilation' };
    }
    const [name = '', id] = key.split(' ');
    return {
      frame: Frame.of({ compilation: wireId, [name]: { ...(frame.message as object), id: Number(id) } }, frame.format),
    };
  },

  refuse({ wireId = 0, key, format, reason }) {
    const [name = '', id] = key.split(' ');
    return Frame.of({ compilation: wireId, [name]: { id: Number(id), error: reason } }, format);
  },
};
