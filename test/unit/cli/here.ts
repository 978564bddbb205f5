import { run } from '../../../controller/cli/index.ts'
import { type Outcome, words } from './support.ts'

/**
 * Runs edgectl within this process, one command after the other. It proves what is written and the exit
 * code, in a tenth of the time; that a process ends and starts so, others prove.
 */
export async function runHere(args: string, env: Record<string, string>): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const { write: out } = process.stdout
  const { write: err } = process.stderr
  const before = { env: process.env, exitCode: process.exitCode }
  const keep =
    (stream: 'stdout' | 'stderr') => (chunk: unknown, encoding?: unknown, done?: unknown) => {
      written[stream] += String(chunk)
      const after = typeof encoding === 'function' ? encoding : done
      if (typeof after === 'function') process.nextTick(after as () => void)
      return true
    }
  process.stdout.write = keep('stdout')
  process.stderr.write = keep('stderr')
  process.env = { ...env }
  process.exitCode = undefined
  try {
    await run(words(args), '0.1.0', 'edgectl')
    return { ...written, code: Number(process.exitCode ?? 0) }
  } finally {
    process.stdout.write = out
    process.stderr.write = err
    process.env = before.env
    process.exitCode = before.exitCode
  }
}
