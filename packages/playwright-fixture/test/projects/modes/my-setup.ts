export default function setup(): () => void {
  process.env['MINE'] = 'was here';
  return () => console.log('my own teardown');
}
