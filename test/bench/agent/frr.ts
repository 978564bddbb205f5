import { spawn } from 'node:child_process'
import type { Rig } from './rig.ts'

/** The daemons' directories, private to this mount namespace. */
export const frrDirectories = { runDirectory: '/run/frr', configFile: '/etc/frr/frr.conf' }

/** Starts a real zebra, bgpd and bfdd on the host that is measured; they end with this process. */
export async function startFrr({ sh }: Rig): Promise<void> {
  await sh(`for directory in /run/frr /etc/frr; do
      mkdir -p $directory; mount -t tmpfs frr $directory; chown frr:frr $directory
    done
    echo 'service integrated-vtysh-config' > /etc/frr/vtysh.conf; chown frr:frr /etc/frr/vtysh.conf`)
  // Daemons leave their parent and drop their privileges: only their PID namespace ends them.
  const start = 'for name in zebra bgpd bfdd; do /usr/lib/frr/$name -d; done; exec sleep infinity'
  spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child', 'sh', '-c', start],
    { stdio: 'ignore' },
  )
  await sh(`for i in $(seq 300); do
      [ -S /run/frr/zebra.vty ] && [ -S /run/frr/bgpd.vty ] && [ -S /run/frr/bfdd.vty ] && exit
      sleep 0.1
    done; echo 'FRR did not start' >&2; exit 1`)
}
