import type { App } from './mount.ts';
import { button, checkbox, pickList, slider, text, textInput, window } from './widgets.ts';

export interface SignUp {
  readonly name: string;
  readonly email: string;
  readonly country: string | undefined;
  readonly seats: number;
  readonly agreed: boolean;
  readonly problems: readonly string[];
  readonly sent: boolean;
}

export const signUp: App<SignUp> = {
  init: { name: '', email: '', country: undefined, seats: 1, agreed: false, problems: [], sent: false },

  view(form) {
    if (form.sent) return window('Welcome', text('welcome', `Welcome, ${form.name}`));
    return window(
      'Sign up',
      textInput('name', form.name, 'Name'),
      textInput('email', form.email, 'E-mail'),
      pickList('country', ['Iceland', 'Kenya', 'Peru'], form.country),
      slider('seats', [1, 10], form.seats),
      text('price', `${form.seats * 5} a month`),
      checkbox('agreed', 'I agree to the terms', form.agreed),
      ...form.problems.map((problem, index) => text(`problem-${index}`, problem)),
      button('send', 'Send'),
    );
  },

  update(form, event) {
    switch (event.family) {
      case 'input':
      case 'paste':
        return { ...form, [event.id]: event.value };
      case 'select':
        return { ...form, country: event.value };
      case 'slide':
        return { ...form, seats: event.value };
      case 'toggle':
        return { ...form, agreed: event.value };
      case 'click': {
        const problems = problemsOf(form);
        return { ...form, problems, sent: problems.length === 0 };
      }
      default:
        return form;
    }
  },
};

function problemsOf({ name, email, country, agreed }: SignUp): string[] {
  return [
    name === '' ? 'A name is missing' : '',
    /^\S+@\S+$/.test(email) ? '' : 'That is no e-mail address',
    country === undefined ? 'Choose a country' : '',
    agreed ? '' : 'The terms are waiting for you',
  ].filter((problem) => problem !== '');
}
