import { parseArgs } from 'node:util'
import { askPlan, type Planned } from './ask-plan.ts'
import { relay } from './hub/index.ts'
import { runAgent } from './run.ts'
import { readConfig } from './state/index.ts'
import { askStatus } from './status.ts'
import { statusText } from './status-text.ts'
import { version } from './version.ts'

export interface Invocation {
  readonly argv: readonly string[]
  /** systemd's NOTIFY_SOCKET. */
  readonly notifySocket: string | undefined
}

const usage = `edge-agent ${version}

  edge-agent run                    keep this host's network as the controller says
  edge-agent relay                  join stdin and stdout to the running agent (for the controller)
  edge-agent status                 how this host is
  edge-agent plan [--spec FILE]     what a specification would change here; the last one unless given
  edge-agent version

  --json                            data instead of sentences, for status and plan
  --config FILE                     /etc/edge-agent/config.json unless given
`

const options = {
  config: { type: 'string', default: '/etc/edge-agent/config.json' },
  spec: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Runs one command of the agent; what it prints, and nothing else, goes to stdout. */
export async function command({ argv, notifySocket }: Invocation): Promise<number> {
  const words = wordsOf(argv)
  if (typeof words === 'string') return misuse(words)
  const { values, positionals } = words
  const [name] = positionals
  if (values.help || name === 'help') return print(usage.trimEnd())
  if (name === 'version') return print(version)
  if (name === undefined || !commands.has(name)) return misuse(`${name ?? 'nothing'}: no command`)
  const config = await readConfig(values.config)
  switch (name) {
    case 'run':
      await untilStopped(await runAgent(config, notifySocket))
      return 0
    case 'relay':
      await relay(config.socket, process.stdin, process.stdout)
      return 0
    case 'status': {
      const status = await askStatus(config.statusSocket)
      return print(values.json ? JSON.stringify(status, null, 2) : statusText(status))
    }
    default:
      return printPlan(await askPlan(config, values.spec), values.json)
  }
}

const commands = new Set(['run', 'relay', 'status', 'plan'])

/** The command line taken apart, or what is wrong with it. */
function wordsOf(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Steps go to stdout; what of the spec would be left out, and that nothing is to do, to people. */
function printPlan({ steps, faults }: Planned, json: boolean): number {
  const remarks = steps.length === 0 ? [...faults, 'Nothing to do.'] : faults
  process.stderr.write(remarks.map((remark) => `${remark}\n`).join(''))
  if (json) return print(JSON.stringify(steps, null, 2))
  return print(steps.map(({ sentence }) => sentence).join('\n'))
}

/** A round in the middle may be cut: every round starts from what it finds. */
const stopMs = 3000

function untilStopped(agent: { stop(): Promise<void> }): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      setTimeout(resolve, stopMs)
      agent.stop().then(resolve, reject)
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  })
}

function print(text: string): number {
  if (text !== '') process.stdout.write(`${text}\n`)
  return 0
}

function misuse(why: string): number {
  process.stderr.write(`${why}\n\n${usage}`)
  return 2
}
