import { Flags } from '@oclif/core'
import type { LeakAnswer, LeaksAnswer, ReleaseAnswer } from '../../answers.ts'
import { confirmed, inPerson, somebodyIsThere } from '../../confirm.ts'
import { EdgeCommand } from '../../edge-command.ts'
import { badRequest, Failure, failed } from '../../failure.ts'
import { leakTable, releasesLayout } from '../../leaks-layout.ts'
import { longYaml } from '../../output-command.ts'
import { followReleases } from '../../releases.ts'

export default class LeaksRelease extends EdgeCommand {
  static override summary = 'Give back what nothing knows'
  static override description =
    'Each object is looked at once more before it is touched; what is no leak by then is kept. One that ' +
    'fails stops no other. Exit code 0 when all were released or kept, 1 when one failed.'
  static override examples = [
    '<%= config.bin %> leaks release --all',
    '<%= config.bin %> leaks release server/7c1e3f52-0d4b-4a6e-9b1f-2f0a4c9d8e11 --yes',
    '<%= config.bin %> leaks release --all --yes --no-wait',
  ]
  static override strict = false
  static override usage = 'leaks release [ID...] [--all] [--yes] [--no-wait]'
  static override flags = {
    all: Flags.boolean({ char: 'a', summary: 'all that `leaks list` shows', default: false }),
    yes: Flags.boolean({ summary: 'do not ask' }),
    yaml: longYaml,
    wait: Flags.boolean({ summary: 'wait until each has ended', default: true, allowNo: true }),
  }

  async run(): Promise<readonly ReleaseAnswer[]> {
    const { argv, flags } = await this.parse(LeaksRelease)
    const ids = argv.map(String)
    if (ids.length > 0 === flags.all)
      throw new Failure(
        'Name what to release by the IDs of `leaks list`, or give --all',
        badRequest,
      )
    const client = this.client(flags)
    const { leaks } = await client.call<LeaksAnswer>('GET', '/leaks')
    const chosen = flags.all ? leaks : ids.map((id) => leakOf(id, leaks))
    if (chosen.length === 0) {
      this.log('There is nothing to release')
      return []
    }
    if (!flags.yes) await mustBeMeant(chosen)
    const body = { ids: chosen.map(({ id }) => id) }
    const { accepted } = await client.call<{ accepted: string[] }>('POST', '/leaks/release', body)
    if (!flags.wait) {
      this.log(`${accepted.length} releases are under way`)
      return accepted.map((id) => ({ id, outcome: 'under way', sentence: 'It has begun' }))
    }
    const ended = await followReleases(client, accepted, process.stderr)
    const kept = body.ids.filter((id) => !accepted.includes(id)).map(gone)
    this.log(releasesLayout([...ended, ...kept]))
    if (ended.some(({ outcome }) => outcome === 'failed')) process.exitCode = failed
    return [...ended, ...kept]
  }
}

function leakOf(id: string, leaks: readonly LeakAnswer[]): LeakAnswer {
  const found = leaks.find((leak) => leak.id === id)
  if (found) return found
  throw new Failure(`"${id}" is no leak; \`edgectl leaks list\` shows what is`, badRequest)
}

async function mustBeMeant(chosen: readonly LeakAnswer[]): Promise<void> {
  if (!somebodyIsThere())
    throw new Failure('Nobody is here to ask; --yes releases without asking', badRequest)
  const question = `Delete ${chosen.length === 1 ? 'this object' : `these ${chosen.length} objects`}?`
  const meant = await inPerson((dialogue) => {
    dialogue.output.write(`${leakTable(chosen)}\n`)
    return confirmed(question, dialogue)
  })
  if (!meant) throw new Failure('Nothing was released', failed)
}

function gone(id: string): ReleaseAnswer {
  return { id, outcome: 'kept', sentence: 'It was no leak any more' }
}
