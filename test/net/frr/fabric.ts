import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createExec, type Exec } from '../../../agent/exec/index.ts'
import { silent } from '../../../lib/log/index.ts'
import { type FrrRelease, installed } from './release.ts'

const run = promisify(execFile)

/** Nodes with a real zebra, bgpd and bfdd each, on one switch; all in namespaces of their own. */
export interface Fabric {
  node(name: string, address: string): Promise<Node>
  close(): Promise<void>
}

export interface Node {
  readonly address: string
  /** A process inside, as this process sees it. */
  readonly pid: number
  /** Visible from outside the node: where its vty sockets are. */
  readonly runDirectory: string
  readonly configFile: string
  exec(...argv: string[]): Promise<string>
  /** The node's own programs, as its agent would start them. */
  readonly programs: Exec
}

export async function createFabric(release: FrrRelease = installed): Promise<Fabric> {
  const root = await mkdtemp(join(tmpdir(), 'fabric-'))
  const nests = [await nest('ip link set lo up')]
  const [hub] = nests
  await inside(hub?.pid ?? 0, ['ip', 'link', 'add', 'switch', 'type', 'bridge'])
  await inside(hub?.pid ?? 0, ['ip', 'link', 'set', 'switch', 'up'])
  return {
    node: async (name, address) => {
      const home = await nodeHome(root, name)
      const made = await nest(
        `${withRelease(release)} && mount --bind ${home.etc} /etc/frr && ${ownRun(home.state)} && mount --bind ${home.var} /var/lib && ip link set lo up`,
      )
      nests.push(made)
      return startNode(home, made.pid, hub?.pid ?? 0, name, address)
    },
    close: async () => {
      await Promise.all(nests.map(({ end }) => end()))
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** A machine that booted without starting FRR has no /run/frr. */
const ownRun = (state: string): string =>
  `mount -t tmpfs run /run && mkdir /run/frr && mount --bind ${state} /run/frr`

/** A script's first words: mounts a release over the machine's own programs. */
export function withRelease({ layer }: FrrRelease): string {
  return layer === null
    ? 'true'
    : `mount --bind '${layer}' /mnt && mount -t overlay frr -o lowerdir=/mnt:/usr /usr && umount /mnt`
}

/** Starts FRR's daemons where this script runs, in FRR's own order; mgmtd from version 9 on. */
export const startDaemons = `
for daemon in mgmtd zebra bgpd bfdd; do
  [ ! -x /usr/lib/frr/$daemon ] || /usr/lib/frr/$daemon -d >/dev/null 2>&1
done`

async function nodeHome(root: string, name: string) {
  const within = (part: string) => join(root, name, part)
  const home = { etc: within('etc'), state: within('run'), var: within('var') }
  for (const directory of [home.etc, home.state, join(home.var, 'frr')])
    await mkdir(directory, { recursive: true })
  await writeFile(join(home.etc, 'vtysh.conf'), 'service integrated-vtysh-config\n')
  await run('chmod', ['755', root])
  await run('chown', ['-R', 'frr:frr', join(root, name)])
  return home
}

async function startNode(
  home: { etc: string; state: string },
  pid: number,
  hub: number,
  name: string,
  address: string,
): Promise<Node> {
  const exec = (...argv: string[]) => inside(pid, argv, '-p')
  await inside(hub, [
    ...['ip', 'link', 'add', `to-${name}`, 'type', 'veth'],
    ...['peer', 'name', 'scwpn', 'netns', String(pid)],
  ])
  await inside(hub, ['ip', 'link', 'set', `to-${name}`, 'master', 'switch', 'up'])
  await exec('ip', 'addr', 'add', `${address}/24`, 'dev', 'scwpn')
  await exec('ip', 'link', 'set', 'scwpn', 'up')
  await exec('sh', '-ec', startDaemons)
  const prefix = ['nsenter', '-t', String(pid), '-n', '-m', '-p', '--']
  return {
    address,
    pid,
    runDirectory: home.state,
    configFile: join(home.etc, 'frr.conf'),
    exec,
    programs: createExec({ logger: silent, prefix }),
  }
}

/** A process that is PID 1 of its own net, mount and pid namespaces; its end ends all inside. */
async function nest(setup: string) {
  const child = spawn(
    // So that it dies with the test, however that ends.
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'unshare'],
      ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-c', `${setup} && echo ready && exec sleep infinity`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve)
    child.once('exit', () => reject(new Error('the namespaces could not be made')))
  })
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const end = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { pid: Number(children.trim()), end }
}

/** With `-p` what is started ends with the node; without, process ids mean what they mean here. */
async function inside(pid: number, argv: string[], ...more: '-p'[]): Promise<string> {
  const options = { timeout: 20_000 }
  const where = ['-t', String(pid), '-n', '-m', ...more]
  const { stdout } = await run('nsenter', [...where, ...argv], options)
  return stdout
}

/** Looks every 100 ms until `seen` is truthy, 20 s long. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let left = 200; left > 0; left--) {
    const seen = await look()
    if (seen) return seen
    await delay(100)
  }
  throw new Error('waited 20 s in vain')
}
