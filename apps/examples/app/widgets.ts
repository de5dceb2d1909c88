/** The widgets that the examples are made of, as nodes of the renderer's tree. */
import type { TreeNode, Value } from '@carpool/plushie';

type Props = { readonly [prop: string]: Value };

function node(type: string, id: string, props: Props, children: readonly TreeNode[] = []): TreeNode {
  return { id, type, props, children };
}

/** The renderer reaches widgets only below a window. */
export function window(title: string, ...children: readonly TreeNode[]): TreeNode {
  return node('window', 'main', { title }, [column('page', ...children)]);
}

export function column(id: string, ...children: readonly TreeNode[]): TreeNode {
  return node('column', id, {}, children);
}

export function row(id: string, ...children: readonly TreeNode[]): TreeNode {
  return node('row', id, {}, children);
}

export function text(id: string, content: string): TreeNode {
  return node('text', id, { content });
}

export function button(id: string, label: string): TreeNode {
  return node('button', id, { label });
}

export function textInput(id: string, value: string, placeholder: string): TreeNode {
  return node('text_input', id, { value, placeholder, on_submit: true });
}

export function checkbox(id: string, label: string, checked: boolean): TreeNode {
  return node('checkbox', id, { label, checked });
}

export function pickList(id: string, options: readonly string[], selected: string | undefined): TreeNode {
  return node('pick_list', id, { options, ...(selected === undefined ? {} : { selected }) });
}

export function slider(id: string, range: readonly [number, number], value: number): TreeNode {
  return node('slider', id, { range, value, step: 1 });
}
