import { defineConfig, sessionField, type Messages } from 'carpool';

interface RendererMessages extends Messages {
  readonly send: { readonly type: 'frame'; readonly timestamp: number };
  readonly requests: {
    readonly hash: { readonly request: { readonly type: 'hash' }; readonly reply: { readonly hash: string } };
  };
}

export default defineConfig({
  pools: {
    renderer: { command: 'renderer', protocol: sessionField<RendererMessages>() },
    solver: { command: 'solver' },
  },
});
