import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Which FRR a test's hosts run. */
export interface FrrRelease {
  readonly title: string
  /** A directory laid over /usr in each host's own mounts; null for what the machine has installed. */
  readonly layer: string | null
}

export const installed: FrrRelease = { title: 'the FRR of this machine', layer: null }

const title = 'the FRR of Debian 13'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const cache = resolve(import.meta.dirname, '../../../.lab/frr-debian-13')

/**
 * Debian 13's FRR with every library it needs, its C library included, unpacked beside the machine's;
 * nothing is installed. Downloaded once, verified by apt. A sentence instead when it cannot be had.
 */
export async function debian13(): Promise<FrrRelease | string> {
  const layer = join(cache, 'usr')
  try {
    if (!(await isThere(layer))) await download()
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const [why] = (stderr ?? '').split('\n').filter((line) => line.startsWith('E:'))
    return `Debian 13's FRR cannot be had: ${why ?? message.split('\n')[0]}`
  }
  return { title, layer }
}

/** Made beside and renamed, so that an interrupted download is none. */
async function download(): Promise<void> {
  if (!(await isThere(keyring))) throw new Error(`there is no ${keyring}`)
  await mkdir(resolve(cache, '..'), { recursive: true })
  const draft = await mkdtemp(`${cache}-`)
  try {
    const apt = await privateApt(draft)
    await apt('apt-get', 'update', '--error-on=any')
    const plan = await apt('apt-get', 'install', '--simulate', '--no-install-recommends', 'frr')
    // What it needs to run, not what it needs to be installed: no systemd, no adduser.
    const names = [...plan.matchAll(/^Inst (frr|lib\S+) /gm)].map(([, name = '']) => name)
    await apt('apt-get', 'download', ...names)
    for (const file of await readdir(draft)) {
      if (file.endsWith('.deb'))
        await run('dpkg-deb', ['-x', join(draft, file), join(draft, 'all')])
    }
    await rename(join(draft, 'all'), cache)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** apt with its own sources, lists and an empty list of installed packages. */
async function privateApt(home: string) {
  for (const directory of ['lists/partial', 'cache/archives/partial', 'none'])
    await mkdir(join(home, directory), { recursive: true })
  await writeFile(join(home, 'status'), '')
  await writeFile(
    join(home, 'sources.list'),
    `deb [signed-by=${keyring}] http://deb.debian.org/debian trixie main\n`,
  )
  const settings = {
    'Dir::State::lists': join(home, 'lists'),
    'Dir::State::status': join(home, 'status'),
    'Dir::Cache': join(home, 'cache'),
    'Dir::Etc::sourcelist': join(home, 'sources.list'),
    'Dir::Etc::sourceparts': join(home, 'none'),
    'Dir::Etc::preferencesparts': join(home, 'none'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'APT::Sandbox::User': 'root',
  }
  const config = join(home, 'apt.conf')
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`)
  await writeFile(config, lines.join(''))
  return async (program: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, APT_CONFIG: config, LC_ALL: 'C' }
    const options = { cwd: home, env, timeout: 120_000, maxBuffer: 2 ** 24 }
    return (await run(program, args, options)).stdout
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
