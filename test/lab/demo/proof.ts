import { sentenceOf } from '../../../lib/fault/index.ts'

/** One thing that was observed, or not. */
export interface Proof {
  readonly name: string
  readonly ok: boolean
  /** What was seen, in a line. */
  readonly detail: string
}

export interface Check {
  readonly name: string
  /** Answers what was seen; throws when it was not what is claimed. */
  run(): Promise<string>
}

/** Runs checks one after the other; one that fails does not stop the next. */
export async function prove(
  checks: readonly Check[],
  tell: (proof: Proof) => void,
): Promise<Proof[]> {
  const proofs: Proof[] = []
  for (const { name, run } of checks) {
    const proof = await run().then(
      (detail): Proof => ({ name, ok: true, detail }),
      (error: unknown): Proof => ({ name, ok: false, detail: oneLine(sentenceOf(error)) }),
    )
    proofs.push(proof)
    tell(proof)
  }
  return proofs
}

/** Throws with what was seen unless `holds`; answers `seen` otherwise. */
export function claim(holds: boolean, seen: string): string {
  if (!holds) throw new Error(seen)
  return seen
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 400)
}
