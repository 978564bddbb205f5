import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from '../sandbox/command.ts'
import { parseUserData, type UserData } from './cloud-init.ts'
import { choose } from './units.ts'

export interface Installation {
  readonly hostname: string
  readonly user: string
  readonly authorizedKeys: readonly string[]
  readonly userData: string | null
}

/** What an image and its cloud-init do before the first boot, on the mounted root of a fresh disk. */
export async function prepare(root: string, installation: Installation): Promise<void> {
  const userData = parseUserData(installation.userData)
  const hostname = userData.hostname ?? installation.hostname
  const put = async (path: string, text: string, mode = 0o644) => {
    await rm(join(root, path), { force: true })
    await writeFile(join(root, path), text, { mode })
  }
  await choose(root)
  await put('etc/hostname', `${hostname}\n`)
  await put('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hostname}\n`)
  await put('etc/machine-id', '')
  await put('etc/fstab', '')
  await put('etc/resolv.conf', '# The lab has no name servers.\n')
  // Container images refuse to start services with this; servers do not have it.
  await rm(join(root, 'usr/sbin/policy-rc.d'), { force: true })
  await mkdir(join(root, 'etc/systemd/journald.conf.d'), { recursive: true })
  await put('etc/systemd/journald.conf.d/lab.conf', journald)
  await freshFrr(root)
  await sshd(root, userData)
  await login(root, installation.user, [...installation.authorizedKeys, ...userData.authorizedKeys])
}

const journald = `[Journal]
Storage=volatile
RuntimeMaxUse=16M
ReadKMsg=no
Audit=no
`

/** FRR as its package installs it: no protocol daemon, no configuration of ours. */
async function freshFrr(root: string): Promise<void> {
  const daemons = join(root, 'etc/frr/daemons')
  const text = await readFile(daemons, 'utf8')
  const fresh = text.replaceAll(/^(\w+d)=yes$/gm, '$1=no')
  if (fresh !== text) await writeFile(daemons, fresh)
  await writeFile(
    join(root, 'etc/frr/frr.conf'),
    'frr defaults traditional\nlog syslog informational\n',
  )
}

const sshdConfig = `PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM yes
UseDNS no
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
`

async function sshd(root: string, { hostKey }: UserData): Promise<void> {
  const directory = join(root, 'etc/ssh')
  for (const kind of ['dsa', 'rsa', 'ecdsa', 'ed25519']) {
    await rm(join(directory, `ssh_host_${kind}_key`), { force: true })
    await rm(join(directory, `ssh_host_${kind}_key.pub`), { force: true })
  }
  const path = join(directory, 'ssh_host_ed25519_key')
  if (hostKey) {
    await writeFile(path, hostKey.privateKey, { mode: 0o600 })
    await writeFile(`${path}.pub`, hostKey.publicKey)
  } else {
    await command(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path])
  }
  await writeFile(join(directory, 'sshd_config'), sshdConfig)
}

/** The image's login with its authorized keys; anybody but root is in `sudo` without a password. */
async function login(root: string, user: string, keys: readonly string[]): Promise<void> {
  const home = user === 'root' ? '/root' : `/home/${user}`
  if (user !== 'root') await makeUser(root, user, home)
  await mkdir(join(root, home, '.ssh'), { mode: 0o700, recursive: true })
  await writeFile(join(root, home, '.ssh/authorized_keys'), `${keys.join('\n')}\n`, { mode: 0o600 })
  await command(['chroot', root, 'chown', '-R', `${user}:`, home])
}

async function makeUser(root: string, user: string, home: string): Promise<void> {
  if (!existsSync(join(root, 'usr/bin/sudo'))) {
    throw new Error(`The login "${user}" needs the package sudo, which this machine does not have`)
  }
  const passwd = await readFile(join(root, 'etc/passwd'), 'utf8')
  const exists = passwd.split('\n').some((line) => line.startsWith(`${user}:`))
  const options = ['--shell', '/bin/bash', '--home', home]
  if (!exists) await command(['chroot', root, 'useradd', '--create-home', ...options, user])
  await mkdir(join(root, home), { recursive: true })
  const rule = join(root, 'etc/sudoers.d/90-cloud-init-users')
  await writeFile(rule, `${user} ALL=(ALL) NOPASSWD:ALL\n`)
  await chmod(rule, 0o440)
}
