import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ipamActions } from '../../../ipam/wire/index.ts'
import { Fault } from '../../../lib/fault/index.ts'
import {
  broken,
  type Finding,
  finding,
  judgeControllerUser,
  judgeElasticDriver,
  judgeEncryption,
  judgeFrontEnd,
  judgeIpamDriver,
  judgeIpamMad,
  judgePrograms,
  judgeSecrecy,
  judgeSocket,
  judgeUnit,
  judgeVnMad,
  type OnedConf,
  readOnedConf,
  skipped,
  type Verdict,
} from '../../doctor/index.ts'
import { askUser } from './ask-oned.ts'
import { found } from './here.ts'
import { readConfiguration } from './look-configuration.ts'
import { isThere, programFacts, statIfThere } from './look-files.ts'
import { knock } from './look-socket.ts'
import { unitFacts } from './look-unit.ts'
import type { Places, Site } from './site.ts'

export interface FrontEnd {
  readonly findings: readonly Finding[]
  /** Undefined where this machine is no front-end. */
  readonly site: Site | undefined
}

/** All that is installed on this machine or in a stage, if it is a front-end. */
export async function examineFrontEnd(places: Places, own: string): Promise<FrontEnd> {
  const facts = {
    openNebula: await isThereOrHidden(places.remotes),
    edgectl: await isThereOrHidden(places.home),
  }
  const { stage } = places
  const here = finding(
    'front-end',
    stage !== undefined && !facts.edgectl ? nothingIn(stage) : judgeFrontEnd(facts),
  )
  if (here.status !== 'ok') return { findings: [here], site: undefined }
  let site: Site | undefined
  const configuration = await found('configuration', async () => {
    const { config, verdict } = await readConfiguration(places)
    site = config
    return verdict
  })
  const others = await Promise.all([
    ...installed(places, own),
    ...(site === undefined ? [] : configured(site, places)),
  ])
  return { findings: [here, configuration, ...others], site }
}

function installed(places: Places, own: string): Promise<Finding>[] {
  const { stage, home, remotes, onedConf } = places
  const drivers = join(remotes, 'ipam/scaleway')
  const elastic = join(remotes, 'vnm/elastic')
  const conf = (judge: (conf: OnedConf, file: string) => Verdict) => async () =>
    (await isThere(onedConf))
      ? judge(readOnedConf(await readFile(onedConf, 'utf8')), onedConf)
      : skipped(`There is no ${onedConf}: oned has its configuration elsewhere`)
  const all = (paths: readonly string[]) => Promise.all(paths.map(programFacts))
  return [
    found('programs', async () => {
      const programs = ['node', 'controller/edgectld.mjs', 'cli/edgectl.mjs']
      return judgePrograms(await all(programs.map((name) => join(home, name))), own)
    }),
    found('IPAM_MAD', conf(judgeIpamMad)),
    found('VN_MAD_CONF', conf(judgeVnMad)),
    found('DOCUMENT_ENCRYPTED_ATTR', conf(judgeEncryption)),
    found('IPAM driver', async () => {
      const actions = await all(ipamActions.map((action) => join(drivers, action)))
      return judgeIpamDriver(drivers, actions, own)
    }),
    found('elastic driver', async () =>
      stage !== undefined && !(await isThere(elastic))
        ? skipped(`OpenNebula’s elastic driver is not in ${stage}`)
        : judgeElasticDriver(
            elastic,
            await all(['post', 'clean'].map((one) => join(elastic, one))),
          ),
    ),
    found('unit', () => (stage === undefined ? unitVerdict() : stagedUnit(places))),
  ]
}

function configured(site: Site, { stage, driversFile }: Places): Promise<Finding>[] {
  const { oned, oneAuth, socket: path } = site
  const socket = found('socket', async () => {
    const drivers = socketIn(await readFile(driversFile, 'utf8').catch(() => '{}'))
    const outcome = stage === undefined ? await knock(path) : 'staged'
    return judgeSocket({ path, drivers, outcome })
  })
  return stage === undefined
    ? [found('one_auth', () => loginVerdict(oned, oneAuth)), socket]
    : [socket]
}

function nothingIn(stage: string): Verdict {
  return broken(`Nothing is staged in ${stage}`, `scripts/install-frontend --root ${stage}`)
}

async function unitVerdict(): Promise<Verdict> {
  const unit = await unitFacts()
  return 'status' in unit ? unit : judgeUnit(unit)
}

async function stagedUnit({ unit, stage }: Places): Promise<Verdict> {
  if (await isThere(unit)) return skipped(`${unit} is there; nothing of ${stage} runs`)
  return broken(`There is no ${unit}`, `Stage it anew: scripts/install-frontend --root ${stage}`)
}

const rewrite = (file: string) =>
  `Write oneadmin’s user:password to ${file} (oneuser passwd oneadmin sets a new one), then: systemctl restart edgectl`

/** The login that the controller starts with. */
async function loginVerdict(oned: string, file: string): Promise<Verdict> {
  const mode = (await statIfThere(file))?.mode
  if (mode === undefined)
    return broken(`There is no ${file}: the controller cannot start`, rewrite(file))
  const session = (await readFile(file, 'utf8')).trim()
  try {
    const login = judgeControllerUser(await askUser(oned, session), file)
    return login.status === 'ok' ? judgeSecrecy({ path: file, mode }, login) : login
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'ONE_CREDENTIALS') throw error
    return broken(`oned does not accept the login in ${file}`, rewrite(file))
  }
}

function socketIn(text: string): string | undefined {
  try {
    const { socket } = JSON.parse(text) as { socket?: unknown }
    return typeof socket === 'string' ? socket : undefined
  } catch {
    return undefined
  }
}

/** What this user may not look at is there all the same. */
function isThereOrHidden(path: string): Promise<boolean> {
  return isThere(path).catch(() => true)
}
