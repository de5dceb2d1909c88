import { button, window } from '../../app/widgets.ts';
import { program } from '../program.ts';

interface Themed {
  readonly theme: string;
  readonly listens: boolean;
  readonly heard: readonly string[];
}

/** Has a theme, and listens to its changes until `listen` is clicked. */
export const themed = program<Themed>({
  init: { theme: 'light', listens: true, heard: [] },
  view({ theme }) {
    const page = window('Theme', button('light', 'Light'), button('dark', 'Dark'), button('listen', 'Listen'));
    return { ...page, props: { ...page.props, theme } };
  },
  update(model, event) {
    if (event.family === 'theme_changed') return { ...model, heard: [...model.heard, event.value] };
    if (event.family !== 'click') return model;
    return event.id === 'listen' ? { ...model, listens: !model.listens } : { ...model, theme: event.id };
  },
  subscriptions: ({ listens }) => (listens ? [{ kind: 'on_theme_change', tag: 'theme' }] : []),
});
