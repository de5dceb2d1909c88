import { childProtocol, sessionField, type Messages } from 'carpool';

interface SheetMessages extends Messages {
  /** Answers belong here, too: what `session.answer` returns is one of these. */
  send: { cell: string; value: number };
  requests: { sum: { request: { type: 'sum'; column: string }; reply: { type: 'total'; value: number } } };
  event: { type: 'changed'; cell: string };
}

/** In the config: `protocol: sheetProtocol`. */
export const sheetProtocol = sessionField<SheetMessages>({
  ...childProtocol,
  hello: { ...childProtocol.hello, version: { version: 2 } },
});
