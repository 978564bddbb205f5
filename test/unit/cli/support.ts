import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Test } from 'tap'
import { type Bench, bench } from '../api/support.ts'

/** Some of what is bundled is CommonJS and calls require. */
const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname"

/** What all tests of a file share: the bundle under each of its names, and what Node has compiled of it. */
const shared = mkdtempSync(join(tmpdir(), 'edgectl-program-'))
process.once('exit', () => rmSync(shared, { recursive: true, force: true, maxRetries: 3 }))
/** Node keeps there what it has compiled, which halves the start. */
export const compileCache = join(shared, 'compile-cache')

let building: Promise<string> | undefined

/** The command line bundled, as it is shipped: it starts in a fraction of the time. */
export async function bundled(directory: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL('../../../controller/cli/main.ts', import.meta.url))],
    ...{ outdir: directory, entryNames: 'edgectl', outExtension: { '.js': '.mjs' } },
    ...{ bundle: true, splitting: true, platform: 'node', target: 'node24', format: 'esm' },
    ...{ logLevel: 'error', banner: { js: banner } },
  })
  return join(directory, 'edgectl.mjs')
}

export interface Outcome {
  /** As a shell has it: 130 after SIGINT. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly env?: Record<string, string>
  readonly stdin?: string
  /** A file as standard input. */
  readonly stdinFile?: string
  /** Called with everything seen on stderr so far, as it grows; may press Ctrl-C. */
  readonly onStderr?: (text: string, interrupt: () => void) => void
  /** The same for stdout. */
  readonly onStdout?: (text: string, interrupt: () => void) => void
}

/** The names edgectl is started under. */
export type Name = 'edgectl' | 'oneform' | 'oneprovider' | 'oneprovision'

export interface Program {
  readonly home: string
  /** The bundled program, under each of its names. */
  fileOf(name: Name): string
  /** Runs it under a name, as a process of its own; logged in as oneadmin at `url`. */
  run(name: Name, args: string, url: string, options?: Options): Promise<Outcome>
}

/** The command line under all of its names, and no server. */
export async function program(t: Test): Promise<Program> {
  const home = mkdtempSync(join(tmpdir(), 'edgectl-home-'))
  t.teardown(() => rmSync(home, { recursive: true }))
  building ??= named(bundled(shared))
  const main = await building
  const fileOf = (name: Name) => (name === 'edgectl' ? main : join(shared, name))
  return {
    ...{ home, fileOf },
    run: (name, args, url, { env, ...options } = {}) => {
      const login = { ONEFORM_URL: url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
      const argv = [fileOf(name), ...words(args)]
      return launch(process.execPath, argv, { ...options, env: { HOME: home, ...login, ...env } })
    },
  }
}

async function named(main: Promise<string>): Promise<string> {
  for (const name of ['oneform', 'oneprovider', 'oneprovision'])
    symlinkSync(await main, join(shared, name))
  return await main
}

export interface Shell extends Bench, Program {
  readonly url: string
  /** Runs edgectl as a process of its own, logged in as oneadmin. */
  edgectl(args: string, options?: Options): Promise<Outcome>
}

/** The API on a real port and the command line pointed at it. */
export async function shell(t: Test): Promise<Shell> {
  const it = bench()
  const them = await program(t)
  await it.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = it.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  t.teardown(async () => {
    await it.app.close()
    rmSync(it.logDirectory, { recursive: true })
    if (it.differences.length > 0) throw new Error(it.differences.join('\n'))
  })
  const login = { ONEFORM_URL: url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
  return {
    ...{ ...it, ...them, url },
    edgectl: (args, { env = login, ...options } = {}) => {
      const argv = [them.fileOf('edgectl'), ...words(args)]
      return launch(process.execPath, argv, { ...options, env: { HOME: them.home, ...env } })
    },
  }
}

/** Splits at blanks; what is between single quotes stays one word. */
export function words(args: string): string[] {
  return [...args.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''))
}

export function launch(file: string, args: readonly string[], options: Options): Promise<Outcome> {
  const { env, stdin, stdinFile, onStdout, onStderr } = options
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], TZ: 'UTC', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: [stdinFile === undefined ? 'pipe' : openSync(stdinFile, 'r'), 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    onStdout?.(stdout, () => child.kill('SIGINT'))
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    onStderr?.(stderr, () => child.kill('SIGINT'))
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(stdin)
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const shown = signal === null ? code : 128 + constants.signals[signal]
      resolve({ code: shown, stdout, stderr })
    })
  })
}
