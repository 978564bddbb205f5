import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { frontEnd } from '../../lab/net/public-segment.ts'
import { command } from '../../lab/sandbox/command.ts'

export interface PackageSource {
  /** Signs all of it anew, as whoever `name` is. */
  sign(name: string): Promise<void>
  close(): Promise<void>
}

const port = 8099
/** Where servers of the lab reach it. */
export const sourceUrl = `http://${frontEnd}:${port}/repo`

/**
 * A repository in the form of OpenNebula's, signed, with one package: what its real one does for a
 * server is to make oneadmin, and libvirt's profile for AppArmor.
 */
export async function servePackage(
  home: string,
  path: string,
  name: string,
): Promise<PackageSource> {
  const root = join(home, 'repo')
  const release = join(root, path)
  const dist = join(release, 'dists/stable')
  const lists = join(dist, 'opennebula/binary-all')
  await mkdir(lists, { recursive: true })
  await mkdir(join(release, 'pool'), { recursive: true })
  await buildPackage(join(home, 'package'), join(release, `pool/${name}.deb`), name)
  const packages = await command(['env', '-C', release, 'dpkg-scanpackages', '-m', 'pool'])
  await writeFile(join(lists, 'Packages'), packages)
  for (const arch of ['amd64', 'arm64']) {
    await mkdir(join(dist, `opennebula/binary-${arch}`))
    await writeFile(join(dist, `opennebula/binary-${arch}/Packages`), packages)
  }
  const server = createServer(({ url = '' }, response) => {
    readFile(join(home, decodeURI(url))).then(
      (file) => response.end(file),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((done) => server.listen(port, done))
  return {
    async sign(who) {
      const gpg = ['gpg', '--homedir', join(home, `gpg-${who}`), '--batch', '--yes', '-q']
      await mkdir(join(home, `gpg-${who}`), { mode: 0o700, recursive: true })
      const make = ['--passphrase', '', '--quick-gen-key', who, 'ed25519', 'sign', 'never']
      await command([...gpg, ...make])
      await writeFile(join(dist, 'Release'), await releaseText(dist))
      await command([
        ...[...gpg, '--clearsign', '--output', join(dist, 'InRelease'), join(dist, 'Release')],
      ])
      if (who === 'opennebula')
        await command([...gpg, '--armor', '--output', join(root, 'repo2.key'), '--export'])
    },
    close: () => new Promise((done) => server.close(() => done())),
  }
}

async function buildPackage(directory: string, file: string, name: string): Promise<void> {
  const profile = join(directory, 'etc/apparmor.d/abstractions')
  await mkdir(profile, { recursive: true })
  await mkdir(join(directory, 'DEBIAN'))
  await writeFile(
    join(profile, 'libvirt-qemu'),
    '  include if exists <local/abstractions/libvirt-qemu>\n',
  )
  const control = `Package: ${name}\nVersion: 7.5.80-1\nArchitecture: all\nMaintainer: lab <lab@example.org>\nDescription: a node\n`
  await writeFile(join(directory, 'DEBIAN/control'), control)
  await writeFile(
    join(directory, 'DEBIAN/postinst'),
    '#!/bin/sh\nset -e\nid oneadmin >/dev/null 2>&1 || useradd --system --shell /bin/bash --create-home --home-dir /var/lib/one --user-group oneadmin\n',
    { mode: 0o755 },
  )
  await command(['dpkg-deb', '--root-owner-group', '-b', directory, file])
}

async function releaseText(dist: string): Promise<string> {
  const sums: string[] = []
  for (const arch of ['all', 'amd64', 'arm64']) {
    const file = `opennebula/binary-${arch}/Packages`
    const said = await command(['sha256sum', join(dist, file)])
    const { length } = await readFile(join(dist, file))
    sums.push(` ${said.split(' ')[0]} ${length} ${file}`)
  }
  return `Suite: stable\nCodename: stable\nComponents: opennebula\nArchitectures: all amd64 arm64\nDate: ${new Date().toUTCString()}\nSHA256:\n${sums.join('\n')}\n`
}
