import type { App } from './mount.ts';
import { button, row, text, window } from './widgets.ts';

export const counter: App<number> = {
  init: 0,

  view: (count) =>
    window(
      'Counter',
      text('count', String(count)),
      row('buttons', button('less', '-'), button('more', '+'), button('zero', 'Start again')),
    ),

  update(count, { family, id }) {
    if (family !== 'click') return count;
    switch (id) {
      case 'more':
        return count + 1;
      case 'less':
        return count - 1;
      case 'zero':
        return 0;
      default:
        return count;
    }
  },
};
