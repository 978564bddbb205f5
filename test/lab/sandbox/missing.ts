import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { outcome } from './command.ts'

/** Programs the lab runs, and the Debian package each comes in. */
const programs: Readonly<Record<string, string>> = {
  arping: 'iputils-arping',
  bash: 'bash',
  bridge: 'iproute2',
  conntrack: 'conntrack',
  find: 'findutils',
  hostname: 'hostname',
  ip: 'iproute2',
  nft: 'nftables',
  nsenter: 'util-linux',
  ping: 'iputils-ping',
  ps: 'procps',
  python3: 'python3',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  sshd: 'openssh-server',
  sudo: 'sudo',
  sysctl: 'procps',
  systemctl: 'systemd',
  'dbus-daemon': 'dbus',
  unshare: 'util-linux',
  useradd: 'passwd',
  vtysh: 'frr',
}

/** What a kernel must be able to do, by the name `probe` prints for it. */
const features: Readonly<Record<string, string>> = {
  bridge: 'a kernel with bridges',
  veth: 'a kernel with veth links',
  vxlan: 'a kernel with VXLAN',
  overlay: 'a kernel with overlay file systems on tmpfs',
  cgroup2: 'a kernel with cgroup v2',
  nat: 'a kernel with nft NAT',
}

/**
 * What the lab needs and this machine does not have, in plain words; empty when it can run. Tries the
 * kernel's features in namespaces of their own instead of guessing.
 */
export async function missingForLab(): Promise<string[]> {
  if (process.platform !== 'linux') return ['Linux: the lab is made of its namespaces']
  if (process.getuid?.() !== 0) return ['root: the lab makes network namespaces and mounts']
  const absent = Object.keys(programs).filter((program) => !onPath(program))
  const missing = absent.map((program) => `the program ${program} (package ${programs[program]})`)
  if (absent.some((program) => ['bash', 'unshare', 'ip', 'nft'].includes(program))) return missing
  const namespaces = [
    'unshare',
    '--mount',
    '--net',
    '--pid',
    '--fork',
    '--uts',
    '--ipc',
    '--cgroup',
  ]
  const { code, stdout, stderr } = await outcome([...namespaces, 'bash', '-c', probe])
  if (code !== 0) return [...missing, `the right to make namespaces (${stderr.trim()})`]
  return [...missing, ...stdout.split('\n').flatMap((name) => features[name] ?? [])]
}

const probe = `
try() { name=$1; shift; "$@" >/dev/null 2>&1 || echo "$name"; }
try bridge ip link add probe0 type bridge
try veth ip link add probe1 type veth peer name probe2
try vxlan ip link add probe3 type vxlan id 100 dstport 4789 local 127.0.0.1
try nat nft 'add table ip probe; add chain ip probe c { type nat hook postrouting priority 100; }'
mount -t tmpfs probe /run && mkdir /run/upper /run/work /run/root /run/cgroup
try overlay mount -t overlay overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work /run/root
try cgroup2 mount -t cgroup2 cgroup2 /run/cgroup
exit 0
`

function onPath(program: string): boolean {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
