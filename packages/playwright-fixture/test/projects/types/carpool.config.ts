import { defineConfig, sessionField, type Messages } from 'carpool';

interface RendererMessages extends Messages {
  readonly send: { readonly type: 'advance_frame'; readonly timestamp: number };
  readonly requests: {
    readonly tree_hash: {
      readonly request: { readonly type: 'tree_hash'; readonly name: string };
      readonly reply: { readonly name: string; readonly hash: string };
    };
  };
  readonly event: { readonly family: 'announce'; readonly text: string };
}

const config = defineConfig({
  pools: {
    renderer: { command: 'renderer', protocol: sessionField<RendererMessages>() },
    solver: { command: 'solver' },
  },
});

export default config;

declare module 'carpool' {
  interface Register {
    readonly config: typeof config;
  }
}
