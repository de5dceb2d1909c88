/** What the lines of the contract share. */
import type { CarpoolError, ErrorCode } from 'carpool';
import type { Interact, StoredNode } from '../../../src/index.ts';
import type { PlushieSession } from './line.ts';

/** A window with a text, and a field. Tab focuses the field. */
export function tree(text: string, value = ''): StoredNode {
  const leaf = (id: string, type: string, props: StoredNode['props']): StoredNode => ({
    id,
    type,
    props,
    children: [],
  });
  return {
    id: 'w',
    type: 'window',
    props: { title: 'T' },
    children: [
      {
        id: 'column',
        type: 'column',
        props: {},
        children: [leaf('label', 'text', { content: text }), leaf('name', 'text_input', { value })],
      },
    ],
  };
}

export async function treeOf(session: PlushieSession): Promise<StoredNode | null> {
  return (await session.request({ type: 'query', target: 'tree' })).data;
}

/** Typing into the field makes a step for each letter. */
export const typeText: Interact = {
  type: 'interact',
  action: 'type_text',
  selector: { by: 'id', value: 'name' },
  payload: { text: 'ab' },
};

/** A session that shows the field, with the focus in it. */
export async function withFocus(session: PlushieSession): Promise<PlushieSession> {
  session.send({ type: 'snapshot', tree: tree('typing') });
  await session.interact({ type: 'interact', action: 'press', payload: { key: 'Tab' } });
  return session;
}

/** The error of Carpool with this code, which the call must throw or reject with. */
export async function failure(code: ErrorCode, call: () => unknown): Promise<CarpoolError> {
  let result: unknown;
  try {
    result = await call();
  } catch (thrown) {
    const error = thrown as CarpoolError;
    if (error.code !== code) throw thrown;
    return error;
  }
  throw new Error(`${code} was expected, and the call gave ${JSON.stringify(result)}`);
}
