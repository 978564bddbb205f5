import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { HostSpec, parseAs } from '../lib/contract/index.ts'
import { relay } from './hub/index.ts'
import { networkOf, runAgent } from './run.ts'
import { readConfig } from './state/index.ts'
import { askStatus, statusText } from './status.ts'
import { version } from './version.ts'

export interface Invocation {
  readonly argv: readonly string[]
  /** systemd's NOTIFY_SOCKET. */
  readonly notifySocket: string | undefined
}

const usage = `edge-agent ${version}

  edge-agent run                    keep this host's network as the controller says
  edge-agent relay                  join stdin and stdout to the running agent (for the controller)
  edge-agent status [--json]        how this host is
  edge-agent plan --spec FILE       what a specification would change here
  edge-agent version

  --config FILE                     /etc/edge-agent/config.json unless given
`

/** Runs one command of the agent; what it prints, and nothing else, goes to stdout. */
export async function command({ argv, notifySocket }: Invocation): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      config: { type: 'string', default: '/etc/edge-agent/config.json' },
      spec: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const [name] = positionals
  if (name === 'version') return print(version)
  if (name === 'plan' && values.spec === undefined) return misuse('plan needs --spec FILE')
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
    default: {
      const text = await readFile(values.spec ?? '', 'utf8')
      const steps = await networkOf(config).plan(parseAs(HostSpec, JSON.parse(text), 'The file'))
      const sentences = steps.map(({ sentence }) => sentence)
      return print(values.json ? JSON.stringify(steps, null, 2) : sentences.join('\n'))
    }
  }
}

const commands = new Set(['run', 'relay', 'status', 'plan'])

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
