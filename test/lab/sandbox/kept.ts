import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { type Kept, readKept } from './kept-state.ts'
import { passSignals, type SandboxOptions } from './sandbox.ts'

export interface KeepOptions extends Omit<SandboxOptions, 'stdio'> {
  /** Where the running sandbox is described; gone when it has ended. */
  readonly stateFile: string
}

/**
 * Runs a program in a sandbox that can outlive this process: resolves with its exit code if it ends,
 * or with the state once it calls `declareReady`. Until then it dies with this process and gets its
 * signals, as with `runInSandbox`; later `stopKept` ends it.
 */
export async function runKept(options: KeepOptions): Promise<{ code: number } | { kept: Kept }> {
  const { program, env, name, stateFile } = options
  const supervise = join(import.meta.dirname, 'supervise.ts')
  const child = spawn(process.execPath, [supervise, stateFile, name ?? 'lab', ...program], {
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const orders = child.stdio[3] as Writable
  const news = child.stdio[4] as Readable
  orders.on('error', () => {})
  child.stdout?.pipe(process.stdout, { end: false })
  child.stderr?.pipe(process.stderr, { end: false })
  const order = (text: string) => void orders.write(`${text}\n`)
  const release = passSignals({ signal: order, kill: () => order('KILL') })
  try {
    const ended = once(child, 'close').then(([code]) => ({ code: Number(code ?? 137) }))
    const ready = once(news, 'data').then(() => readKept(stateFile))
    ready.catch(() => {})
    const first = await Promise.race([ended, ready])
    if (!first || 'code' in first) return first ?? (await ended)
    const letGo = once(news, 'end')
    order('RELEASE')
    await letGo
    child.unref()
    for (const stream of child.stdio) stream?.destroy()
    return { kept: first }
  } finally {
    release()
  }
}

/** For the program inside: from now on the sandbox may outlive its launcher. */
export function declareReady(): void {
  const fd = Number(process.env['LAB_READY_FD'])
  if (!fd) throw new Error('Only a program in a sandbox can declare itself ready')
  writeSync(fd, 'ready\n')
  closeSync(fd)
}
