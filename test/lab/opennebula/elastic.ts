import { fileURLToPath } from 'node:url'
import { type Done, execute, messageOf } from './ipam.ts'
import { errno, Refusal } from './refusal.ts'

export interface ElasticCall extends Done {
  readonly action: 'post' | 'clean'
  readonly argv: readonly string[]
  readonly document: string
}

export interface ElasticOptions {
  readonly cwd: string
  /** Read at each call: the stand-in's own address is known late. */
  readonly env: () => Readonly<Record<string, string>>
}

/** The elastic network driver's two front-end actions, in Ruby as in a real cloud. */
export class Elastic {
  readonly calls: ElasticCall[] = []
  /** Process ids of the actions under way. */
  readonly running = new Set<number>()
  readonly #options: ElasticOptions

  constructor(options: ElasticOptions) {
    this.#options = options
  }

  /** Rejects with what the driver reported; "-" when it only logged, as oned shows it. */
  async run(
    action: ElasticCall['action'],
    argv: readonly string[],
    document: string,
  ): Promise<void> {
    const script = fileURLToPath(new URL(`elastic/${action}`, import.meta.url))
    const done = await execute(['ruby', script, ...argv], {
      cwd: this.#options.cwd,
      env: this.#options.env(),
      stdin: Buffer.from(document).toString('base64'),
      running: this.running,
    })
    this.calls.push({ action, argv, document, ...done })
    if (done.exitCode === 0) return
    throw new Refusal(errno.action, messageOf(done.stderr).trim() || '-')
  }
}
