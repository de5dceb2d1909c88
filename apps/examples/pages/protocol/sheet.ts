import { sessionField, type Messages } from 'carpool/protocol';

type Total = { type: 'total'; value: number };

interface SheetMessages extends Messages {
  send: { type: 'set'; cell: string; value: number } | { type: 'rate'; value: number };
  requests: {
    sum: { request: { type: 'sum'; column: string }; reply: Total };
    convert: { request: { type: 'convert'; column: string }; reply: Total };
    divide: { request: { type: 'divide'; column: string }; reply: Total };
  };
  interact: {
    request: { type: 'walk'; column: string };
    step: { type: 'visited'; value: number };
    reply: { type: 'walked'; value: number };
  };
  event: { type: 'changed'; cell: string } | { type: 'rate?'; currency: string };
}

export const sheet = sessionField<SheetMessages>({
  hello: { expect: { type: 'ready' }, version: { version: 2 } },
  close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  steps: [{ type: 'visited' }],
  refusals: [{ type: 'error' }],
  lost: [{ type: 'gone' }],
  asks: [{ type: 'rate?' }],
});
