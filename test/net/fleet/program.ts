import { resolve } from 'node:path'
import { build } from 'esbuild'

/** The agent as one file, made from its source; returns its path. */
export async function bundle(outfile: string, version: string): Promise<string> {
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../../agent/main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outfile,
    define: { 'process.env.EDGECTL_VERSION': JSON.stringify(version) },
    logLevel: 'error',
  })
  return outfile
}
