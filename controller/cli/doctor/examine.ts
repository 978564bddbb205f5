import { Fault } from '../../../lib/fault/index.ts'
import {
  broken,
  brokenBy,
  type Diagnosis,
  diagnose,
  type Finding,
  finding,
  isLoopback,
  judgeController,
  judgeLogin,
  judgeTransport,
  judgeVersion,
  ok,
} from '../../doctor/index.ts'
import { createClient } from '../client.ts'
import { findOned, findSession, findUrl, findVersion, type Given } from '../endpoint.ts'
import { Failure } from '../failure.ts'
import { askVersion } from './ask-oned.ts'
import { examineController, meet, whoIs } from './examine-controller.ts'
import { examineFrontEnd } from './examine-front-end.ts'
import { examinePort } from './examine-port.ts'
import { examineStage } from './examine-stage.ts'
import { found } from './here.ts'
import { placesBelow, type Site } from './site.ts'

export interface Question extends Given {
  /** Where a front-end is staged; `/` for this machine itself. */
  readonly root: string
  /** edgectl's own version. */
  readonly version: string
}

/** Everything that can be found about the set-up, from here and from the controller; of a stage, its files. */
export async function examine(question: Question, env: NodeJS.ProcessEnv): Promise<Diagnosis> {
  const places = placesBelow(question.root)
  if (places.stage !== undefined) return await examineStage(places, question.version)
  const { url, from } = findUrl(question, env)
  const login = sessionOf(question, env)
  const session = login instanceof Failure ? '' : login.session
  const client = createClient({ url, session, version: findVersion(question, env) })
  const meeting = meet(client)
  const [front, controller] = await Promise.all([
    examineFrontEnd(places, question.version),
    meeting.then((outcome) => examineController(client, outcome)),
  ])
  const { site } = front
  const met = await meeting
  const findings: Finding[] = [
    ...front.findings,
    // 0 takes any that is free
    ...(site && site.port !== 0
      ? [await found('port', () => examinePort(site, url, meeting))]
      : []),
    await found('oned', () => onedVerdict(env, site, session)),
    finding('transport', judgeTransport(url)),
    finding(
      'controller',
      judgeController({ value: url.href, from }, met, {
        version: question.version,
        port: site?.port,
      }),
    ),
    finding(
      'login',
      login instanceof Failure
        ? broken(
            login.message,
            'Log in as the user who is to work with edgectl, oneadmin for instance',
          )
        : judgeLogin(whoIs(session, login.from), met),
    ),
    ...controller,
  ]
  return diagnose(findings, { sameMachine: site !== undefined && isLoopback(url) })
}

function sessionOf(given: Given, env: NodeJS.ProcessEnv) {
  try {
    return findSession(given, env)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** oned as OpenNebula's own commands find it. */
async function onedVerdict(env: NodeJS.ProcessEnv, site: Site | undefined, session: string) {
  const endpoint = findOned(env, site?.oned)
  try {
    return judgeVersion({ endpoint, version: await askVersion(endpoint, session || 'nobody:') })
  } catch (error) {
    // Who is refused was answered; whether the login is right is told by its own check.
    if (error instanceof Fault && error.code === 'ONE_CREDENTIALS')
      return ok(`oned at ${endpoint} answers`)
    return brokenBy(
      error,
      'systemctl status opennebula; another place is named by ONE_XMLRPC, or by "oned" in the configuration',
    )
  }
}
