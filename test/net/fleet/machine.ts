import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { execa } from 'execa'

/** A machine of the test: PID 1 of process, network and mount namespaces of its own. */
export interface Machine {
  readonly name: string
  /** Its PID 1 as this process sees it. */
  readonly pid: number
  /** Runs a script of the test inside; returns stdout. Throws with stderr when it fails. */
  sh(script: string): Promise<string>
  /** True when the script ends with 0. */
  tries(script: string): Promise<boolean>
  /** As `sh`, in its network only: process ids in the script mean what they mean here. */
  wire(script: string): Promise<string>
  /** Starts a program inside; its process id means something in there only. */
  start(argv: readonly string[], output?: number): ChildProcess
  /** Everything in it dies at once, as by a power cut. Resolves when nothing is left. */
  cut(): Promise<void>
}

/** Switches a machine on, whose /sys shows its own devices; it dies with this process. `setup` runs first, as root of the machine. */
export async function switchOn(name: string, setup = ''): Promise<Machine> {
  const holder = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', '--propagation', 'private'],
      ...['--pid', '--fork', '--kill-child', '--mount-proc'],
      // bash stays as PID 1, because that one must collect daemons that end.
      ...[
        'bash',
        '-ec',
        `mount -t sysfs sysfs /sys; ip link set lo up; ${setup}\necho ready; sleep infinity & wait`,
      ],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const gone = once(holder, 'exit')
  const ready = once(holder.stdout, 'data')
  await Promise.race([ready, gone.then(() => Promise.reject(new Error(`${name} did not come up`)))])
  const children = await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')
  const pid = Number(children.trim())
  // A test that fails half-way must not wait for its machines: they end with the process.
  holder.stdout.destroy()
  holder.unref()
  const network = ['-t', String(pid), '-n', '-m', '--']
  const all = ['-t', String(pid), '-n', '-m', '-p', '--']
  const run = (script: string, inside = all) =>
    execa('nsenter', [...inside, 'bash', '-ec', script], { reject: false, stdin: 'ignore' })
  const demand = async (script: string, inside = all) => {
    const { exitCode, stdout, stderr } = await run(script, inside)
    if (exitCode !== 0) throw new Error(`${name}: ${script}: ${stderr || stdout}`)
    return stdout
  }
  return {
    name,
    pid,
    sh: (script) => demand(script),
    wire: (script) => demand(script, network),
    tries: async (script) => (await run(script)).exitCode === 0,
    start: (argv, output) =>
      spawn('nsenter', [...all, ...argv], {
        stdio: output === undefined ? ['pipe', 'pipe', 'inherit'] : ['ignore', output, output],
      }),
    async cut() {
      holder.kill('SIGKILL')
      await gone
    },
  }
}

/** A cable: one end named `a` in one machine, the other `b` in the second. */
export async function cable(one: Machine, a: string, two: Machine, b: string): Promise<void> {
  await one.wire(`ip link add ${a} type veth peer name ${b} netns ${two.pid}; ip link set ${a} up`)
  await two.sh(`ip link set ${b} up`)
}

/** Looks every 100 ms until `seen` is truthy, `seconds` long; throws what it waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  seconds = 120,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  do {
    const seen = await look()
    if (seen) return seen
    await new Promise((resolve) => setTimeout(resolve, 100))
  } while (performance.now() < end)
  throw new Error(`waited ${seconds} s in vain: ${what}`)
}
