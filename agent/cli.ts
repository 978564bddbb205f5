import { parseArgs } from 'node:util'
import { askDoctor } from './ask-doctor.ts'
import { askPlan, type Planned } from './ask-plan.ts'
import { exitCodeOf, type Question, reportText } from './doctor/index.ts'
import { relay, sshPeer } from './hub/index.ts'
import { runAgent } from './run.ts'
import { readConfig } from './state/index.ts'
import { askStatus } from './status.ts'
import { statusText } from './status-text.ts'
import { version } from './version.ts'

export interface Invocation {
  readonly argv: readonly string[]
  /** systemd's NOTIFY_SOCKET. */
  readonly notifySocket: string | undefined
  /** Whether stdout is a terminal that shall be coloured. */
  readonly colour: boolean
}

const usage = `edge-agent ${version}

  edge-agent run                    keep this host's network as the controller says
  edge-agent relay                  join stdin and stdout to the running agent (for the controller)
  edge-agent status                 how this host is
  edge-agent doctor vm ID           follow a VM's packets hop by hop: the first broken hop, and what to do;
                                    a port (one-17-0) for a single NIC of it
  edge-agent doctor ip ADDRESS      the same for an elastic address, a VM's, a gateway, another host
  edge-agent doctor network NAME    the same for a network, by name or id
  edge-agent plan [--spec FILE]     what a specification would change here; the last one unless given
  edge-agent version

  --network NAME                    with doctor ip: which network, where several have the address
  --json                            data instead of sentences, for status, doctor and plan
  --config FILE                     /etc/edge-agent/config.json unless given

  doctor ends with 0 when all is well, 1 when something is broken, 2 when it cannot look.
`

const options = {
  config: { type: 'string', default: '/etc/edge-agent/config.json' },
  spec: { type: 'string' },
  network: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Runs one command of the agent; what it prints, and nothing else, goes to stdout. */
export async function command({ argv, notifySocket, colour }: Invocation): Promise<number> {
  const words = wordsOf(argv)
  if (typeof words === 'string') return misuse(words)
  const { values, positionals } = words
  const [name, ...rest] = positionals
  if (values.help || name === 'help') return print(usage.trimEnd())
  if (name === 'version') return print(version)
  if (name === undefined || !commands.has(name)) return misuse(`${name ?? 'nothing'}: no command`)
  const question = name === 'doctor' ? questionOf(rest, values.network ?? null) : null
  if (name === 'doctor' && question === null) {
    return misuse('doctor needs vm ID, ip ADDRESS or network NAME')
  }
  const config = await readConfig(values.config)
  switch (name) {
    case 'run':
      await untilStopped(await runAgent(config, notifySocket))
      return 0
    case 'relay':
      await relay(
        { path: config.socket, peer: await sshPeer(process.pid) },
        process.stdin,
        process.stdout,
      )
      return 0
    case 'status': {
      const status = await askStatus(config.statusSocket)
      return print(values.json ? JSON.stringify(status, null, 2) : statusText(status))
    }
    case 'doctor': {
      if (question === null) return 2
      const report = await askDoctor(config, question)
      print(values.json ? JSON.stringify(report, null, 2) : reportText(report, colour))
      return exitCodeOf(report)
    }
    default:
      return printPlan(await askPlan(config, values.spec), values.json)
  }
}

const commands = new Set(['run', 'relay', 'status', 'doctor', 'plan'])

/** The command line taken apart, or what is wrong with it. */
function wordsOf(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function questionOf(words: readonly string[], network: string | null): Question | null {
  const [kind, name, ...more] = words
  if (name === undefined || more.length > 0) return null
  return kind === 'vm' || kind === 'ip' || kind === 'network' ? { kind, name, network } : null
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
