import type { PlushieEvent } from '@carpool/plushie';
import type { App } from './mount.ts';
import { button, checkbox, column, row, text, textInput, window } from './widgets.ts';

interface Item {
  readonly number: number;
  readonly title: string;
  readonly done: boolean;
}

type Filter = 'all' | 'open' | 'done';

export interface Todo {
  readonly draft: string;
  readonly filter: Filter;
  readonly items: readonly Item[];
  readonly next: number;
}

export const todo: App<Todo> = {
  init: { draft: '', filter: 'all', items: [], next: 1 },

  view({ draft, filter, items }) {
    const shown = items.filter(({ done }) => filter === 'all' || done === (filter === 'done'));
    const left = items.filter(({ done }) => !done).length;
    return window(
      'To do',
      row('entry', textInput('new', draft, 'What is to be done?'), button('add', 'Add')),
      column(
        'list',
        ...shown.map(({ number, title, done }) =>
          row(`item-${number}`, checkbox(`done-${number}`, title, done), button(`drop-${number}`, 'Remove')),
        ),
      ),
      text('left', left === 1 ? '1 thing left' : `${left} things left`),
      row(
        'filters',
        button('all', 'All'),
        button('open', 'Open'),
        button('done', 'Done'),
        button('clear', 'Clear done'),
      ),
    );
  },

  update(model, event) {
    switch (event.family) {
      case 'input':
        return { ...model, draft: event.value };
      case 'submit':
        return add(model);
      case 'toggle':
        return { ...model, items: model.items.map((item) => toggled(item, event)) };
      case 'click':
        return clicked(model, event.id);
      default:
        return model;
    }
  },
};

function clicked(model: Todo, id: string): Todo {
  switch (id) {
    case 'add':
      return add(model);
    case 'all':
    case 'open':
    case 'done':
      return { ...model, filter: id };
    case 'clear':
      return { ...model, items: model.items.filter(({ done }) => !done) };
    default:
      return { ...model, items: model.items.filter(({ number }) => id !== `drop-${number}`) };
  }
}

function add(model: Todo): Todo {
  const title = model.draft.trim();
  if (title === '') return model;
  const item = { number: model.next, title, done: false };
  return { ...model, draft: '', items: [...model.items, item], next: model.next + 1 };
}

function toggled(item: Item, event: PlushieEvent & { family: 'toggle' }): Item {
  return event.id === `done-${item.number}` ? { ...item, done: event.value } : item;
}
