interface Check {
  readonly name: string
  /** Checks whose failure explains a failure of this one. */
  readonly needs: readonly string[]
}

/** What is looked at on the machine that edgectl runs on. */
const here = [
  { name: 'front-end', needs: [] },
  { name: 'configuration', needs: ['front-end'] },
  { name: 'programs', needs: ['front-end'] },
  { name: 'oned', needs: [] },
  { name: 'one_auth', needs: ['oned', 'configuration'] },
  { name: 'IPAM_MAD', needs: ['front-end'] },
  { name: 'VN_MAD_CONF', needs: ['front-end'] },
  { name: 'DOCUMENT_ENCRYPTED_ATTR', needs: ['front-end'] },
  { name: 'IPAM driver', needs: ['front-end', 'programs'] },
  { name: 'elastic driver', needs: ['front-end'] },
  // another server there keeps the controller from starting
  { name: 'port', needs: ['front-end', 'configuration'] },
  { name: 'unit', needs: ['front-end', 'configuration', 'programs', 'one_auth', 'port'] },
  // the controller waits for oned before it opens either
  { name: 'socket', needs: ['unit', 'configuration', 'oned'] },
  { name: 'transport', needs: [] },
  { name: 'controller', needs: ['unit', 'transport', 'oned'] },
  { name: 'login', needs: ['controller', 'oned'] },
] as const satisfies readonly Check[]

/** What only the controller can see. */
const there = [
  { name: 'oned of the controller', needs: ['controller', 'login', 'oned', 'one_auth'] },
  { name: 'state directory', needs: [] },
  { name: 'SSH client', needs: [] },
  { name: 'SSH key', needs: [] },
  { name: 'agent', needs: [] },
  { name: 'elastic plug-in', needs: [] },
  { name: 'stock OneForm', needs: [] },
  { name: 'packages', needs: ['oned of the controller'] },
  { name: 'Scaleway', needs: [] },
  { name: 'clock', needs: ['Scaleway'] },
  { name: 'key', needs: ['Scaleway', 'oned of the controller'] },
  { name: 'permissions', needs: ['key', 'Scaleway', 'oned of the controller'] },
  { name: 'zone', needs: ['key', 'permissions', 'Scaleway', 'oned of the controller'] },
  { name: 'quotas', needs: ['key', 'permissions', 'Scaleway', 'oned of the controller'] },
  { name: 'provisions', needs: ['oned of the controller'] },
  { name: 'agents', needs: ['SSH client', 'provisions'] },
  { name: 'hosts', needs: ['agents'] },
] as const satisfies readonly Check[]

/** Every check, in the order to read them: what explains others stands before them. */
export const checks = [...here, ...there] as const

export type CheckName = (typeof checks)[number]['name']
