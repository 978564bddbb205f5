import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, chmod, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { agentEnvironment, agentNodeFlags } from './agent-node.ts'

const run = promisify(execFile)

const environment = Object.entries(agentEnvironment).map(([name, value]) => `${name}=${value}`)
const launcher = `#!/bin/sh
export ${environment.join(' ')}
home="$(dirname "$(readlink -f "$0")")"
exec "$home/node" ${agentNodeFlags.join(' ')} "$home/agent.cjs" "$@"
`

/** The version first, where `edgectl doctor` finds it without unpacking the rest. */
const members = ['version', 'node', 'agent.cjs', 'edge-agent'] as const

export interface AgentParts {
  /** The Node binary that travels to the host. */
  readonly node: string
  readonly bundle: string
  readonly dist: string
  readonly version: string
}

/**
 * Packs what a metal server needs, Node included, into dist/edge-agent.tar.gz and returns its path.
 * gzip because every Debian and Ubuntu has it; kept when the parts are the same as last time.
 */
export async function packAgent({ node, bundle, dist, version }: AgentParts): Promise<string> {
  const archive = join(dist, 'edge-agent.tar.gz')
  const key = await digestOf([await nodeIdentity(node), await readFile(bundle), launcher, version])
  const keyFile = `${archive}.key`
  if ((await readFile(keyFile, 'utf8').catch(() => '')) === key && (await exists(archive))) {
    return 'edge-agent.tar.gz'
  }
  const staging = join(dist, `edge-agent.${process.pid}`)
  try {
    await mkdir(staging, { recursive: true })
    await cp(node, join(staging, 'node'))
    // Saves 18 MB a host; not every machine has binutils, and the agent runs as well without.
    await run('strip', [join(staging, 'node')]).catch(() => undefined)
    await cp(bundle, join(staging, 'agent.cjs'))
    await writeFile(join(staging, 'edge-agent'), launcher)
    await chmod(join(staging, 'edge-agent'), 0o755)
    await writeFile(join(staging, 'version'), `${version}\n`)
    await run('tar', ['-C', staging, '-czf', `${archive}.tmp`, ...members])
    await rename(`${archive}.tmp`, archive)
    await writeFile(keyFile, key)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return 'edge-agent.tar.gz'
}

async function nodeIdentity(node: string): Promise<string> {
  const { size, mtimeMs } = await stat(node)
  return `${size}:${Math.round(mtimeMs)}`
}

async function digestOf(parts: readonly (string | Buffer)[]): Promise<string> {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
