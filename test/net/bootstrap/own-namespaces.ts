import t, { type Test } from 'tap'

/**
 * A test whose everything happens in namespaces of its own: its file, `import.meta.filename`, starts
 * itself again inside them.
 */
export function inOwnNamespaces(
  file: string,
  title: string,
  scenario: (t: Test) => Promise<void>,
): void {
  if (process.env['INSIDE_NAMESPACES'] !== undefined) {
    t.test(title, scenario)
    return
  }
  t.spawn(
    'unshare',
    [
      ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...[process.execPath, file],
    ],
    { env: { ...process.env, INSIDE_NAMESPACES: '1' } },
    'in namespaces of its own',
  )
}
