import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { createExec, type Exec } from '../../../agent/exec/index.ts'
import { silent } from '../../../lib/log/index.ts'

/** A machine of the test: a process that holds a network and a mount namespace of its own. */
export interface Machine {
  readonly name: string
  readonly pid: number
  /** Runs a program text of the test inside; returns stdout. Throws with stderr when it fails. */
  sh(script: string): Promise<string>
  /** True when the script ends with 0. */
  tries(script: string): Promise<boolean>
  readonly exec: Exec
}

export interface Fabric {
  machine(name: string): Promise<Machine>
  /** A cable: one end named `a` in one machine, the other `b` in the second. */
  cable(one: Machine, a: string, two: Machine, b: string): Promise<void>
  /** Ends one machine before the others. */
  drop(machine: Machine): Promise<void>
  close(): Promise<void>
}

/** Machines that die with this process: no namespace, mount or process outlives the test. */
export function createFabric(): Fabric {
  const holders: ChildProcess[] = []
  return {
    async machine(name) {
      const holder = spawn(
        'setpriv',
        [
          '--pdeathsig',
          'KILL',
          'unshare',
          '-n',
          '-m',
          '--propagation',
          'private',
          'sleep',
          'infinity',
        ],
        { stdio: 'ignore' },
      )
      await once(holder, 'spawn')
      holders.push(holder)
      const pid = holder.pid ?? 0
      const prefix = ['nsenter', '-t', String(pid), '-n', '-m', '--']
      const run = (script: string) =>
        execa('nsenter', [...prefix.slice(1), 'bash', '-ec', script], {
          reject: false,
          stdin: 'ignore',
        })
      await untilItHolds(pid)
      const machine: Machine = {
        name,
        pid,
        exec: createExec({ logger: silent, prefix }),
        async sh(script) {
          const { exitCode, stdout, stderr } = await run(script)
          if (exitCode !== 0) throw new Error(`${name}: ${script}: ${stderr || stdout}`)
          return stdout
        },
        tries: async (script) => (await run(script)).exitCode === 0,
      }
      await machine.sh('mkdir -p /run/netns && mount -t tmpfs netns /run/netns; ip link set lo up')
      return machine
    },
    async cable(one, a, two, b) {
      await one.sh(
        `ip link add ${a} type veth peer name ${b} netns ${two.pid}; ip link set ${a} up`,
      )
      await two.sh(`ip link set ${b} up`)
    },
    async drop({ pid }) {
      const at = holders.findIndex((holder) => holder.pid === pid)
      await Promise.all(holders.splice(at, at < 0 ? 0 : 1).map(end))
    },
    async close() {
      for (const holder of holders) await end(holder)
    },
  }
}

async function end(holder: ChildProcess): Promise<void> {
  const ended = once(holder, 'exit')
  holder.kill('SIGKILL')
  await ended
}

/** `unshare` becomes `sleep` once both namespaces are made. */
async function untilItHolds(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (name.trim() === 'sleep') return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the machine did not come up')
}
