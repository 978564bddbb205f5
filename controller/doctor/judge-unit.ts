import { broken, ok, type Verdict, warning } from './finding.ts'

/** `systemctl show` of the controller's unit. */
export interface UnitFacts {
  readonly load: string
  readonly file: string
  readonly active: string
  readonly sub: string
  readonly restarts: number
}

const unit = 'edgectl.service'
const journal = 'journalctl -u edgectl -n 20 tells why'

export function judgeUnit({ load, file, active, sub, restarts }: UnitFacts): Verdict {
  if (load !== 'loaded')
    return broken(
      `systemd has no usable ${unit} (${load})`,
      'Install it: scripts/install-frontend; then: systemctl start edgectl',
    )
  if (active === 'failed' || sub === 'auto-restart')
    return broken(`${unit} does not come up, after ${restarts} restarts`, journal)
  if (active === 'inactive' || active === 'deactivating')
    return broken(`${unit} is stopped`, 'systemctl start edgectl')
  if (file !== 'enabled')
    return warning(
      `${unit} runs and is ${file}: after a reboot of this machine it would not`,
      'systemctl enable edgectl',
    )
  return ok(`${unit} is ${active} and enabled`)
}
