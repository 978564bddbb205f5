import { broken, ok, skipped, type Verdict } from './finding.ts'

export interface SocketFacts {
  /** Where the controller listens, by its configuration. */
  readonly path: string
  /** Where drivers look, by theirs; undefined where that cannot be read. */
  readonly drivers: string | undefined
  /** What came of a connection: an errno, `mute` where nothing was answered, `staged` where nothing runs. */
  readonly outcome: 'answers' | 'mute' | 'staged' | (string & {})
}

const driversFile = '/etc/edgectl/ipam.json'
const useless = 'no public address can be had, given back or moved'

/** The only door of OpenNebula's drivers to the controller. */
export function judgeSocket({ path, drivers, outcome }: SocketFacts): Verdict {
  if (drivers === undefined)
    return broken(
      `${driversFile} does not tell drivers where the controller is`,
      `Write {"socket":"${path}"} to it, or run scripts/install-frontend again`,
    )
  if (drivers !== path)
    return broken(
      `Drivers look for the controller at ${drivers} (${driversFile}), and it listens on ${path}`,
      `Write "socket": "${path}" to ${driversFile}`,
    )
  if (outcome === 'answers') return ok(`The controller answers drivers on ${path}`)
  if (outcome === 'staged')
    return skipped(`Drivers look for the controller on ${path}, where it will listen`)
  if (outcome === 'EACCES')
    return skipped(
      `Only oneadmin may use ${path}`,
      'Run edgectl doctor as root or oneadmin to see more',
    )
  if (outcome === 'ENOENT')
    return broken(`There is no socket ${path}: ${useless}`, 'systemctl restart edgectl')
  return broken(
    `Nobody answers drivers on ${path} (${outcome}): ${useless}`,
    'systemctl restart edgectl; journalctl -u edgectl tells what it does',
  )
}
