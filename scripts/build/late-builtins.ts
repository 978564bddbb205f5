import type { Plugin } from 'esbuild'

/**
 * Loads these modules of Node when something of them is used, not when a library imports them: ws
 * imports https and tls, 1 MB for good, for connections that no agent has ever opened.
 */
export function lateBuiltins(names: readonly string[]): Plugin {
  const filter = new RegExp(`^(node:)?(${names.join('|')})$`)
  return {
    name: 'late-builtins',
    setup(build) {
      build.onResolve({ filter }, ({ path, namespace }) =>
        namespace === 'late' ? null : { path: path.replace(/^node:/, ''), namespace: 'late' },
      )
      build.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
        contents: `module.exports = new Proxy({}, { get: (_, key) => require('node:${path}')[key] })`,
      }))
    },
  }
}
