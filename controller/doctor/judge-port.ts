import { broken, ok, skipped, type Verdict } from './finding.ts'
import type { Meeting } from './judge-controller.ts'

/** An address and port, as the configuration has the controller listen there. */
export interface Place {
  readonly host: string
  readonly port: number
}

const otherPort = 'or have the controller listen on another "port" (/etc/edgectl/edgectl.json)'
const free = 'ECONNREFUSED'

/** Whether another server holds the place where this machine's controller is to listen. */
export function judgePort({ host, port }: Place, meeting: Meeting): Verdict {
  const place = `${host}:${port}`
  switch (meeting.kind) {
    case 'met':
      return ok(`The controller holds ${place}`)
    case 'stock':
      return broken(
        `A stock OneForm server holds ${place}, where the controller is to listen`,
        `Give that server another port: ":port: 13014" in /etc/one/oneform-server.conf, systemctl restart opennebula-form, then systemctl restart edgectl; both work side by side (docs/beside-oneform.md); ${otherPort}`,
      )
    case 'strange':
      return broken(
        `Another server holds ${place}, where the controller is to listen: ${meeting.why}`,
        `Look what it is (ss -ltnp) and give it another port; a stock OneForm server can work beside this one (docs/beside-oneform.md); ${otherPort}`,
      )
    case 'silent':
      if (meeting.why === free) return ok(`Nobody else holds ${place}`)
      return skipped(`Who holds ${place} cannot be told: ${meeting.why}`)
    case 'refused':
    case 'unsure':
      return skipped(`Who holds ${place} shows only with a login that oned accepts`)
  }
}
