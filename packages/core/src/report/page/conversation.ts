/** What a session and its child have said to each other. */
import type { SessionEvent } from '../../base/timeline.ts';
import type { Entry } from '../entries.ts';
import { isSent, type PageMessage, type RunMessages } from '../messages.ts';
import { countText, timeText } from '../units.ts';
import { h } from './dom.ts';

/** @param all of its run; undefined: no transcript was kept */
export function conversation({ event, since }: Entry, all: RunMessages | undefined): HTMLElement[] {
  const title = h('h4', {}, 'Messages');
  const sentence = (text: string): HTMLElement => h('p', { class: 'muted' }, text);
  if (all === undefined) return [title, sentence('They were not kept: run the tests with CARPOOL_TRANSCRIPT=1.')];
  const { pool, id = '', since: begin } = event as SessionEvent;
  const its = all.sessions.find(({ session }) => session === `${pool}/${id}`);
  const notes = all.note === undefined ? [] : [sentence(all.note)];
  if (its === undefined) return [title, sentence('None of it is in the transcript.'), ...notes];
  const before =
    its.before === 0
      ? []
      : [sentence(`${countText(its.before, 'message')} before these ${its.before === 1 ? 'is' : 'are'} left out.`)];
  // Times of messages are those of the run, and the page may begin with another one.
  const rows = its.messages.map((message) => row(message, message.t - begin + since, since));
  return [title, ...before, h('ol', { class: 'messages' }, ...rows), ...notes];
}

function row(message: PageMessage, at: number, since: number): HTMLElement {
  const { e, n, in: phase, text, images = [] } = message;
  const sent = isSent(message);
  const own = phase === undefined ? '' : `, to ${phase} it`;
  return h(
    'li',
    { class: sent ? 'sent' : 'received' },
    h(
      'div',
      { class: 'head' },
      h('span', {}, `${sent ? '→' : '←'} ${e}${n === undefined ? '' : ` ${n}`}${own}`),
      h('span', { title: `${timeText(at)} after the begin of the first run` }, `+${timeText(Math.max(at - since, 0))}`),
    ),
    h('code', {}, text),
    ...images.map(thumbnail),
  );
}

/** A picture, small; larger by a click. */
function thumbnail(source: string): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'thumb',
      'aria-expanded': 'false',
      'aria-label': 'Picture in the message',
      click: () => button.setAttribute('aria-expanded', String(button.getAttribute('aria-expanded') !== 'true')),
    },
    h('img', { src: source, alt: '', loading: 'lazy' }),
  );
  return button;
}
