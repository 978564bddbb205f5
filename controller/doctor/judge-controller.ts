import { broken, ok, skipped, type Verdict, warning } from './finding.ts'

/** Where a value was found: a flag, a variable, a file, or the default. */
export interface Found {
  readonly value: string
  readonly from: string
}

/** What came of asking a controller for its driver. */
export type Meeting =
  | { readonly kind: 'silent'; readonly why: string }
  /** It answers and does not take the login. */
  | { readonly kind: 'refused' }
  /** It answers and cannot say whether it takes the login. */
  | { readonly kind: 'unsure'; readonly why: string }
  | { readonly kind: 'stock' }
  | { readonly kind: 'strange'; readonly why: string }
  | { readonly kind: 'met'; readonly version: string }

export interface Seeker {
  /** edgectl's own version. */
  readonly version: string
  /** Where the configuration of this machine has its controller listen; undefined where there is none. */
  readonly port: number | undefined
}

/** Whether a controller of ours, and of this version, is where edgectl looks for one. */
export function judgeController(endpoint: Found, meeting: Meeting, seeker: Seeker): Verdict {
  const { version: own, port } = seeker
  const place = `${endpoint.value} (from ${endpoint.from})`
  const elsewhere = elsewhereThan(new URL(endpoint.value), port)
  switch (meeting.kind) {
    case 'silent':
      return broken(
        `No controller answers at ${place}: ${meeting.why}`,
        `Start it there (systemctl start edgectl), ${elsewhere}`,
      )
    case 'stock':
      return broken(
        `A stock OneForm server answers at ${place}, not edgectl’s controller`,
        `Give one of them another port: both can work side by side (docs/beside-oneform.md); ${elsewhere}`,
      )
    case 'strange':
      return broken(
        `What answers at ${place} is no controller: ${meeting.why}`,
        `Look what listens there, ${elsewhere}`,
      )
    case 'refused':
    case 'unsure':
      return ok(`A controller answers at ${place}`)
    case 'met':
      return meeting.version === own
        ? ok(`The controller at ${place} answers, version ${own}`)
        : warning(
            `The controller at ${place} has version ${meeting.version}, this edgectl is ${own}`,
            'Install one version of both: scripts/install-frontend, then systemctl restart edgectl',
          )
  }
}

/** A port that was configured and told to nobody is the likeliest reason. */
function elsewhereThan(url: URL, port: number | undefined): string {
  const means = '--server, ONEFORM_URL or ~/.one/oneform_endpoint'
  if (port === undefined || !isLoopback(url) || Number(url.port || 80) === port)
    return `or name another place with ${means}`
  return `or name http://localhost:${port}, where the configuration of this machine has it, with ${means}`
}

export function judgeLogin(login: Found, meeting: Meeting): Verdict {
  const who = `${login.value} (from ${login.from})`
  if (meeting.kind === 'met') return ok(`The controller and oned accept ${who}`)
  if (meeting.kind === 'unsure')
    return broken(
      `The controller could not ask oned about ${who}: ${meeting.why}`,
      'journalctl -u edgectl tells more',
    )
  if (meeting.kind !== 'refused') return skipped('No controller of edgectl was met')
  return broken(
    `oned does not accept the password of ${who}`,
    'Correct it there, or give --username and --password, ONEFORM_USER and ONEFORM_PASSWORD, or a file as ONE_AUTH',
  )
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

export const isLoopback = (url: URL): boolean => loopback.test(url.hostname)

/** A password in HTTP Basic is as good as read on every wire between. */
export function judgeTransport(url: URL): Verdict {
  if (url.protocol === 'https:') return ok(`What goes to ${url.host} is encrypted`)
  if (isLoopback(url)) return ok(`What goes to ${url.host} does not leave this machine`)
  return warning(
    `The password goes to ${url.host} in clear`,
    `Put a proxy with TLS before the controller and name it as https://…, or go by SSH: ssh -L 13013:localhost:13013 ${url.hostname}`,
  )
}
