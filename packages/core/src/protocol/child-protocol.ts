import type { SessionFieldOptions } from './session-field.ts';

/**
 * The protocol of a process that is written with `carpool/child` or with `carpool/child.py`, as plain data. Its own words
 * carry the field `carpool`, so that they are never mistaken for messages of yours.
 * @example
 * defineConfig({ pools: { model: { command: 'node', args: ['model.mjs'], protocol: childProtocol } } });
 * @example
 * sessionField<ModelMessages>({ ...childProtocol, hello: { ...childProtocol.hello, version: { version: 2 } } });
 */
export const childProtocol: ChildProtocol = {
  hello: { send: { carpool: 'hello' }, expect: { carpool: 'hello' } },
  open: { send: { carpool: 'open' }, expect: { carpool: 'opened' }, params: 'params' },
  close: { send: { carpool: 'close' }, expect: { carpool: 'closed' }, failed: { carpool: 'unclosed' } },
  probe: { send: { carpool: 'probe' }, expect: { carpool: 'alive' } },
  steps: [{ carpool: 'step' }],
  refusals: [{ carpool: 'refused' }],
  lost: [{ carpool: 'lost' }],
  asks: [{ carpool: 'ask' }],
  refuse: { carpool: 'unanswered' },
  cancel: { carpool: 'cancel' },
  diagnostics: [{ carpool: 'diagnostic' }],
};

/** What `childProtocol` sets. */
export type ChildProtocol = Omit<SessionFieldOptions, 'hello'> & Required<Pick<SessionFieldOptions, 'hello'>>;
