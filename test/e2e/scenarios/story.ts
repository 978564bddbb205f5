import { type Check, type Proof, prove } from '../../lab/demo/proof.ts'
import { proofLine } from '../../lab/demo/table.ts'
import { createLab, type Lab, type LabOptions } from '../../lab/whole/lab.ts'

export interface Story {
  readonly lab: Lab
  /** Observes and remembers; the story goes on either way. */
  check(checks: readonly Check[]): Promise<void>
  say(text: string): void
}

/** Runs one story in a lab and prints what was observed, as `runScenario` reads it. */
export async function tell(
  story: (story: Story) => Promise<void>,
  options?: LabOptions,
): Promise<void> {
  const proofs: Proof[] = []
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  const lab = await createLab(options)
  let code = 0
  try {
    await lab.controller.start()
    await story({
      lab,
      say,
      check: async (checks) => {
        proofs.push(...(await prove(checks, (proof) => say(proofLine(proof)))))
      },
    })
  } catch (error) {
    code = 1
    say(`${await lab.controller.tail(25)}\n${error instanceof Error ? error.stack : error}`)
  }
  await lab.close()
  process.stdout.write(`${JSON.stringify({ proofs })}\n`)
  process.exit(code)
}
