// The installer on a machine of its own, as far as it can tell: the directory it installs into is its root.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'

const repository = resolve(import.meta.dirname, '../../..')
const root = mkdtempSync(join(tmpdir(), 'edgectl-machine-'))
t.teardown(() => rmSync(root, { recursive: true }))

const put = (path: string, text: string, mode = 0o644) => {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

put('/etc/passwd', 'root:x:0:0::/:/bin/sh\noneadmin:x:9869:9869::/:/bin/sh\n')
put('/etc/group', 'root:x:0:\noneadmin:x:9869:\n')
put('/var/lib/one/remotes/im/kvm', '')
put('/opt/systemctl', '#!/bin/sh\n[ "$1 $2" != "--quiet is-active" ]\n', 0o755)

function install() {
  const inside = join(import.meta.dirname, 'inside.sh')
  const program = ['bash', join(repository, 'scripts/install-frontend')]
  return spawnSync('unshare', ['--mount', 'sh', inside, root, ...program], {
    encoding: 'utf8',
    env: { PATH: `/opt:${process.env['PATH']}`, ALSO: repository },
  })
}

const skip = process.getuid?.() === 0 ? false : 'needs root: it gives files to oneadmin'
t.test(
  'whoever holds the controller’s port is told of at the installation',
  { skip },
  async (t) => {
    const stock = createServer().listen(0, '127.0.0.1')
    await once(stock, 'listening')
    const { port } = stock.address() as { port: number }
    put('/etc/edgectl/edgectl.json', JSON.stringify({ port }))
    const told = install()
    t.match(told, { status: 0, stdout: /^Installed\. Start the controller with/m })
    t.match(told.stderr, new RegExp(`^But port ${port}, .* in use.*stock OneForm`))
    t.match(told.stderr, /docs\/beside-oneform\.md\n$/)
    stock.close()
    await once(stock, 'close')
    t.match(install(), { status: 0, stdout: /^Installed\./m, stderr: '' })
  },
)
