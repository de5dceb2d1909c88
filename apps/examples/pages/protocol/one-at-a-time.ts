import type { Gate, Protocol } from 'carpool/protocol';

const names = ['id'] as const;

/** For a child that mixes up two requests of one session: each waits until the one before it is answered. */
function oneAtATime(): Gate {
  let busy = false;
  const hasId = (frame: Parameters<Gate['sent']>[0]) => frame.fields(names)['id'] !== undefined;
  return {
    admits: () => !busy,
    sent(frame) {
      if (hasId(frame)) busy = true;
    },
    received(frame) {
      if (hasId(frame)) busy = false;
    },
  };
}

/** The protocol with a gate for each of its sessions. */
export function inTurn(protocol: Protocol): Protocol {
  return {
    ...protocol,
    open: async (port) => ({ ...(await protocol.open!(port)), gate: oneAtATime() }),
  };
}
