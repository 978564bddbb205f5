import type { Plugin } from 'esbuild'

/**
 * Leaves out what nobody uses of packages that do nothing but define, and do not say so in their
 * package.json: Scaleway's SDK has fifty products, and every start would parse them all.
 */
export function sideEffectFree(packages: RegExp): Plugin {
  const resolved = Symbol('resolved')
  return {
    name: 'side-effect-free',
    setup(build) {
      build.onResolve({ filter: packages }, async ({ path, pluginData, ...where }) => {
        if (pluginData === resolved) return null
        const found = await build.resolve(path, { ...where, pluginData: resolved })
        return { ...found, sideEffects: false }
      })
    },
  }
}
