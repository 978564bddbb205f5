import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { defaults } from '../../../controller/config/index.ts'
import { dist } from './dist.ts'
import { type Program, startProgram } from './program.ts'

export interface ControllerSetting {
  readonly dir: string
  readonly port: number
  readonly socket: string
  readonly oned: string
  readonly oneAuth: string
  readonly scalewayUrl: string
  /** Factor on the controller's pauses. */
  readonly timeScale: number
  /** Factor on its pauses between looks at the same thing; `timeScale` unless given. */
  readonly watchScale?: number
  /** Factor on its deadlines; 1 unless given. */
  readonly patience?: number
  /** The agent's archive; the shipped one unless given. */
  readonly agentPackage?: string
  /** More environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** The real controller as a process of its own, which can be killed and started again. */
export interface Controller {
  readonly url: string
  readonly pid: number
  readonly running: boolean
  /** Starts it if it does not run and resolves when its API answers. */
  start(): Promise<void>
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  tail(lines: number): Promise<string>
}

const answersWithinMs = 30_000

export async function createController(setting: ControllerSetting): Promise<Controller> {
  const stateDir = join(setting.dir, 'controller')
  const configFile = join(setting.dir, 'edgectl.json')
  const logFile = join(setting.dir, 'controller.log')
  const url = `http://127.0.0.1:${setting.port}`
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  await writeFile(configFile, JSON.stringify(configOf(setting, stateDir)))
  let program: Program | undefined

  return {
    url,
    get pid() {
      return program?.pid ?? 0
    },
    get running() {
      return program?.running ?? false
    },
    async start() {
      if (program?.running) return
      const env = { ...process.env, ...setting.env }
      program = startProgram(
        [dist('controller/edgectld.mjs'), '--config', configFile],
        logFile,
        env,
      )
      const until = performance.now() + answersWithinMs
      while (!(await answers(url))) {
        if (!program.running || performance.now() > until) {
          throw new Error(`The controller does not answer:\n${await program.tail(30)}`)
        }
        await pause(50)
      }
    },
    end: async (signal) => program?.end(signal),
    tail: async (lines) => withoutDebug((await program?.tail(lines * 20)) ?? '', lines),
  }
}

/** The lab's host profile and URLs; everything else is the product's default. */
function configOf(setting: ControllerSetting, stateDir: string): object {
  return {
    port: setting.port,
    socket: setting.socket,
    oned: setting.oned,
    oneAuth: setting.oneAuth,
    stateDir,
    scalewayUrl: setting.scalewayUrl,
    ...(setting.agentPackage === undefined ? {} : { agentPackage: setting.agentPackage }),
    logLevel: 'debug',
    // Recordings of calls must not depend on when they were made.
    leakLookMinutes: 0,
    profile: {
      // This kernel may lack 8021q: the private network is a device of its own.
      underlay: 'link',
      // What scripts/setup installs: it leaves recommended packages out.
      packages: defaults('').profile.packages.filter((name) => name !== 'frr-pythontools'),
      // Virtual machines of the lab are namespaces.
      ...{ kvmPackages: [], lxcPackages: [] },
    },
    timing: {
      scale: setting.timeScale,
      watch: setting.watchScale ?? setting.timeScale,
      patience: setting.patience ?? 1,
    },
  }
}

/** Debug lines are for the log file; what went wrong is said louder. */
function withoutDebug(text: string, lines: number): string {
  const loud = text.split('\n').filter((line) => !line.includes('"level":20,'))
  return loud.slice(-lines).join('\n')
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => true,
    () => false,
  )
}
