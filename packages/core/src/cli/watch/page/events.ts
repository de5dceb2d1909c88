/** What the page is told. */
import type { ObservedBody, ObservedSession } from '../../../wire/observe.ts';
import type { StatusResult } from '../../../wire/status.ts';

export type PageEvent =
  | { readonly type: 'status'; readonly status: StatusResult }
  | { readonly type: 'fault'; readonly text: string }
  | { readonly type: 'said'; readonly sessions: readonly ObservedSession[] }
  | { readonly type: 'messages'; readonly body: ObservedBody }
  /** Nothing more comes. */
  | { readonly type: 'end'; readonly text: string };
