/** What the child asks outside all sessions, or a session that is not there. */
import { messageOf } from '../base/thrown.ts';
import type { Frame } from '../codec/frame.ts';
import type { Route } from '../protocol/protocol.ts';
import type { Connection } from './connection.ts';
import type { Conversation } from './conversation.ts';
import { brokenProtocol } from './protocol-errors.ts';
import { refuse } from './questions.ts';

export type AskRoute = Extract<Route, { as: 'ask' }>;

export interface RootQuestionsOptions {
  readonly connection: Connection;
  readonly root: Conversation;
  /** Ends the child: it waits for an answer for good. */
  readonly abort: (error: Error) => void;
}

export class RootQuestions {
  readonly #options: RootQuestionsOptions;

  constructor(options: RootQuestionsOptions) {
    this.#options = options;
  }

  /** The protocol answers it. Without an answer and a refusal it is an event of the root. */
  ask(route: AskRoute, frame: Frame): void {
    const { connection, root } = this.#options;
    if (connection.protocol.answer !== undefined) void this.#answer(route, frame);
    else if (!this.refuse(route, frame, 'nothing answers it'))
      root.receive({ as: 'event', to: undefined, frame: route.frame }, frame);
  }

  /** False where the protocol has no message for it. */
  refuse({ key, to, frame: shown }: AskRoute, frame: Frame, reason: string): boolean {
    const { connection, root } = this.#options;
    return root.over || refuse(connection, { wireId: to, key, frame: shown ?? frame }, reason);
  }

  async #answer(route: AskRoute, frame: Frame): Promise<void> {
    const { connection, root, abort } = this.#options;
    const { protocol } = connection;
    const asked = route.frame ?? frame;
    root.recent.add('in', asked, frame.bytes.length);
    try {
      const answer = await protocol.answer?.(asked.message, root.port);
      if (answer === undefined) this.refuse(route, frame, 'nothing answers it');
      else if (!root.over) root.port.answer(route.key, answer);
    } catch (thrown) {
      if (this.refuse(route, frame, messageOf(thrown))) return;
      abort(brokenProtocol('answer', protocol.name, thrown));
    }
  }
}
