import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { agentNodeFlags } from '../../../scripts/build/agent-node.ts'

const dist = join(import.meta.dirname, '../../../dist')

/**
 * Calls `run` with the argv of a program of ours the way the agent is shipped: as JavaScript, by a Node
 * with the agent's flags, which cannot strip types.
 */
export async function asShipped<T>(
  entry: string,
  run: (argv: readonly string[]) => Promise<T>,
): Promise<T> {
  // Inside the repository, where its imports are found.
  const directory = await mkdtemp(join(dist, 'bench-'))
  const outfile = join(directory, 'bench.mjs')
  try {
    await build({
      entryPoints: [entry],
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node24',
      format: 'esm',
      outfile,
      logLevel: 'error',
      plugins: [placesStay],
    })
    return await run([process.execPath, ...agentNodeFlags, outfile])
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** What is found beside a source file still is. */
const placesStay: Plugin = {
  name: 'places-stay',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.filename', JSON.stringify(path)),
    }))
  },
}
