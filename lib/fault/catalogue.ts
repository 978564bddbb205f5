import { Fault, type FaultDetails, type FaultKind } from './fault.ts'

export interface FaultEntry {
  readonly kind: FaultKind
  /** What the code means, for docs/errors.md. */
  readonly meaning: string
  /** What the operator can do about it. */
  readonly hint?: string
  /** The hint stands in docs/errors.md only: the message must be OneForm's word for word. */
  readonly quiet?: true
}

export type Catalogue = Readonly<Record<string, FaultEntry>>

/**
 * Turns a room's table of codes into the function that makes its faults:
 * `const fault = faultsOf(catalogue)`, then `throw fault('EDGE_NIC_FAILED', 'Attachment x …', { … })`.
 * An unknown code does not compile.
 */
export function faultsOf<const C extends Catalogue>(catalogue: C) {
  return (code: keyof C & string, message: string, details: FaultDetails = {}): Fault => {
    const entry = catalogue[code] as FaultEntry
    const hint = details.hint ?? (entry.quiet ? undefined : entry.hint)
    return new Fault(code, entry.kind, message, hint === undefined ? details : { ...details, hint })
  }
}
