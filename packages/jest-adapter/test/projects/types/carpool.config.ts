import { defineConfig, sessionField } from 'carpool';

interface Echo {
  send: { type: 'note'; text: string };
  requests: { get: { request: { type: 'get' }; reply: { type: 'reply'; value: number } } };
  event: { type: 'event'; number: number };
  interact: { request: { type: 'steps' }; step: { number: number }; reply: { type: 'reply' } };
}

export default defineConfig({
  pools: {
    echo: { command: 'echo', protocol: sessionField<Echo>() },
    plain: { command: 'plain' },
  },
});
