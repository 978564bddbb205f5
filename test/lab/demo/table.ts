import Table from 'cli-table3'
import type { Proof } from './proof.ts'

/** One line while the demo goes on. */
export function proofLine({ name, ok, detail }: Proof): string {
  return `  ${verdictOf(ok)}  ${name}: ${detail}`
}

/** All of them at the end, no wider than the terminal (in columns). */
export function proofTable(proofs: readonly Proof[], terminal = 100): string {
  const width = Math.min(Math.max(terminal, 60), 120)
  // Four bars and the verdict take 12 columns; a claim needs less than what was seen.
  const claims = Math.floor((width - 12) * 0.42)
  const table = new Table({
    head: ['', 'proof', 'seen'],
    colWidths: [8, claims, width - 12 - claims],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const { name, ok, detail } of proofs) table.push([verdictOf(ok), name, detail])
  const failed = proofs.filter(({ ok }) => !ok).length
  const verdict =
    failed === 0 ? `All ${proofs.length} proofs hold.` : `${failed} of ${proofs.length} FAILED.`
  return `${table.toString()}\n${verdict}`
}

function verdictOf(ok: boolean): string {
  return ok ? 'proved' : 'FAILED'
}
