import { words } from './words.ts';

/** The first message, as plushie-renderer 0.7.1 sends it. */
export function hello(codec: 'json' | 'msgpack', mode: 'mock' | 'windowed'): object {
  return {
    backend: mode === 'mock' ? 'mock' : 'wgpu',
    codec,
    mode,
    name: 'plushie-renderer',
    native_widgets: [],
    protocol: 1,
    protocol_version: 1,
    session: '',
    transport: 'stdio',
    type: 'hello',
    version: '0.7.1',
    widget_sets: ['iced'],
    widgets,
  };
}

const widgets = words(`
  button canvas checkbox column combo_box container float floating grid image keyed_column markdown overlay
  pane_grid pick_list pin pointer_area progress_bar qr_code radio responsive rich rich_text row rule scrollable
  sensor slider space stack svg table text text_editor text_input themer toggler tooltip vertical_slider window
`);
