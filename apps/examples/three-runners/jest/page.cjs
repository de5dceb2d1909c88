// A page with one text, and what the renderer shows of it.
exports.page = (words) => ({
  id: 'main',
  type: 'window',
  props: { title: 'A page' },
  children: [{ id: 'words', type: 'text', props: { content: words }, children: [] }],
});

exports.wordsOn = async (renderer) => {
  const selector = { by: 'id', value: 'words' };
  const found = await renderer.request({ type: 'query', target: 'find', selector }, { expect: 'query_response' });
  return found.data?.props.content;
};
