import Table from 'cli-table3'
import type { Proof } from './proof.ts'

/** One line while the demo goes on. */
export function proofLine({ name, ok, detail }: Proof): string {
  return `  ${ok ? 'proved' : 'FAILED'}  ${name}: ${detail}`
}

/** All of them at the end. */
export function proofTable(proofs: readonly Proof[]): string {
  const table = new Table({
    head: ['', 'proof', 'seen'],
    colWidths: [8, 44, 60],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const { name, ok, detail } of proofs) table.push([ok ? 'proved' : 'FAILED', name, detail])
  const failed = proofs.filter(({ ok }) => !ok).length
  const verdict =
    failed === 0 ? `All ${proofs.length} proofs hold.` : `${failed} of ${proofs.length} FAILED.`
  return `${table.toString()}\n${verdict}`
}
