import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Test } from 'tap'
import { type Bench, bench } from '../api/support.ts'

/** Some of what is bundled is CommonJS and calls require. */
const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname"

/** The command line in one file, as it is shipped: it starts in a fraction of the time. */
export async function bundled(directory: string): Promise<string> {
  const outfile = join(directory, 'edgectl.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../../../controller/cli/main.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', target: 'node24', format: 'esm' },
    ...{ logLevel: 'error', banner: { js: banner } },
  })
  return outfile
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Record<string, string>
  readonly stdin?: string
  /** Called with everything seen on stderr so far, as it grows; may end the process. */
  readonly onStderr?: (text: string, interrupt: () => void) => void
}

export interface Shell extends Bench {
  readonly url: string
  readonly home: string
  /** The bundled program. */
  readonly main: string
  /** Runs edgectl as a process of its own, logged in as oneadmin. */
  edgectl(args: string, options?: Options): Promise<Outcome>
}

/** The API on a real port and the command line pointed at it. */
export async function shell(t: Test): Promise<Shell> {
  const it = bench()
  const home = mkdtempSync(join(tmpdir(), 'edgectl-home-'))
  const main = await bundled(home)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = it.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  t.teardown(async () => {
    await it.app.close()
    if (it.differences.length > 0) throw new Error(it.differences.join('\n'))
    for (const directory of [home, it.logDirectory]) rmSync(directory, { recursive: true })
  })
  const login = { ONEFORM_URL: url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
  return {
    ...{ ...it, url, home, main },
    edgectl: (args, { env = login, ...options } = {}) =>
      launch(process.execPath, [main, ...words(args)], { ...options, env: { HOME: home, ...env } }),
  }
}

/** Splits at blanks; what is between single quotes stays one word. */
export function words(args: string): string[] {
  return [...args.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
}

export function launch(file: string, args: readonly string[], options: Options): Promise<Outcome> {
  const { env, stdin, onStderr } = options
  const child = spawn(file, args, { env: { PATH: process.env['PATH'], TZ: 'UTC', ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    onStderr?.(stderr, () => child.kill('SIGINT'))
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
