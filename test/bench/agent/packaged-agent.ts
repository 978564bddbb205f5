import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { HostSpec } from '../../../lib/contract/index.ts'
import { connectController } from './controller.ts'
import { frrDirectories } from './frr.ts'
import { cpuSecondsOf, helpers, proportionalBytes } from './processes.ts'
import type { Rig } from './rig.ts'

export interface PackagedAgent {
  /** Resident memory now, in bytes. */
  memory(): Promise<number>
  /** The same of the programs it keeps running, each its part of what it shares with others. */
  helpersMemory(): Promise<number>
  /** Seconds of CPU so far, the programs it started included. */
  cpuSeconds(): Promise<number>
  stop(): Promise<void>
}

const archive = resolve(import.meta.dirname, '../../../dist/edge-agent.tar.gz')

/**
 * Starts the agent out of the package that is shipped, with its own Node and flags, and a spec it
 * finds on disk; resolves when it is ready and a controller is connected.
 */
export async function startAgent(rig: Rig, spec: HostSpec): Promise<PackagedAgent> {
  const home = await mkdtemp(join(tmpdir(), 'bench-agent-'))
  await mkdir(join(home, 'state'))
  await rig.sh(`tar -C ${home} -xzf ${archive}`)
  const socket = join(home, 'hub.sock')
  const config = join(home, 'config.json')
  await writeFile(join(home, 'state/last-good.json'), JSON.stringify(spec))
  await writeFile(
    config,
    JSON.stringify({
      ...{ server: spec.server, socket, statusSocket: join(home, 'status.sock') },
      ...{ state: join(home, 'state'), tokenFile: join(home, 'token'), frr: frrDirectories },
    }),
  )
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', join(home, 'edge-agent'), 'run', '--config', config],
    { stdio: ['ignore', 'inherit', 'pipe'] },
  )
  const ended = once(child, 'exit')
  await ready(createInterface(child.stderr))
  await connectController(socket)
  return {
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
    },
    helpersMemory: async () => sum(helpers(child.pid).map(proportionalBytes)),
    cpuSeconds: async () => sum([child.pid ?? 0, ...helpers(child.pid)].map(cpuSecondsOf)),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(home, { recursive: true })
    },
  }
}

/** Its log goes on being read, or the agent would wait for a reader. */
async function ready(lines: AsyncIterable<string> & { on: unknown }): Promise<void> {
  const log: string[] = []
  await new Promise<void>((done, failed) => {
    const read = async () => {
      for await (const line of lines) {
        log.push(line)
        if (line.includes('The agent is ready')) done()
      }
      failed(new Error(`The agent ended:\n${log.slice(-10).join('\n')}`))
    }
    void read()
  })
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
