import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Proof } from '../lab/demo/proof.ts'
import { missingForLab } from '../lab/sandbox/missing.ts'
import { startSandbox } from '../lab/sandbox/sandbox.ts'

/** Runs a program that prints `{"proofs":[…]}` last, in a sandbox of its own; each proof is an assertion. */
export async function runScenario(t: Test, file: string, args: readonly string[] = []) {
  const missing = await missingForLab()
  if (missing.length > 0) {
    t.pass('the lab cannot run here', { skip: `the lab needs ${missing.join(', ')}` })
    return
  }
  const program = [process.execPath, join(import.meta.dirname, file), ...args]
  const sandbox = await startSandbox({ program, name: 'e2e', stdio: ['ignore', 'pipe', 'pipe'] })
  if (!sandbox.stdout || !sandbox.stderr) throw new Error('The sandbox has no output')
  const [out, err, { code }] = await Promise.all([
    text(sandbox.stdout),
    text(sandbox.stderr),
    sandbox.ended,
  ])
  const proofs = proofsIn(out)
  for (const { name: claim, ok, detail } of proofs) t.ok(ok, `${claim} (${detail})`)
  // A scenario that broke off proves nothing, whatever it proved before.
  if (code !== 0 || proofs.length === 0) t.comment(err.split('\n').slice(-40).join('\n'))
  t.equal(code, 0, 'the scenario ran to its end')
  t.ok(proofs.length > 0, 'it observed something')
}

function proofsIn(out: string): Proof[] {
  const last = out.trim().split('\n').at(-1) ?? ''
  try {
    return (JSON.parse(last) as { proofs: Proof[] }).proofs
  } catch {
    return []
  }
}
