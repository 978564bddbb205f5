import type { Config } from './config.ts'

/** What a controller on an OpenNebula front-end uses unless its file says otherwise. */
export function defaults(installDir: string): Config {
  return {
    host: '127.0.0.1',
    port: 13013,
    socket: '/run/edgectl/edgectl.sock',
    oned: 'http://127.0.0.1:2633/RPC2',
    oneAuth: '/var/lib/one/.one/one_auth',
    oneKey: '/var/lib/one/.ssh/id_rsa.pub',
    stateDir: '/var/lib/edgectl',
    agentPackage: `${installDir}/edge-agent.tar.gz`,
    driverPath: installDir,
    scalewayUrl: 'https://api.scaleway.com',
    oneform: { stock: null },
    profile: {
      underlay: 'vlan',
      packages: [
        'frr',
        'frr-pythontools',
        'nftables',
        'iproute2',
        'conntrack',
        'iputils-ping',
        'iputils-arping',
        'python3',
      ],
      hypervisor: 'kvm',
      kvmPackages: ['opennebula-node-kvm'],
      lxcPackages: ['opennebula-node-lxc'],
      repository: 'https://downloads.opennebula.io/repo',
      sshUser: 'ubuntu',
      neighbour: 'proxy',
    },
    firewall: { management: [], open: [] },
    leakLookMinutes: 10,
    timing: { scale: 1, patience: 1 },
    logLevel: 'info',
  }
}
