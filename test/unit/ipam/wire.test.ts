import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import {
  allocateAddress,
  freeAddress,
  getAddress,
  rangeAnswer,
  readNetworkId,
  readRequest,
  registrable,
} from '../../../ipam/wire/index.ts'
import { Fault } from '../../../lib/fault/index.ts'

const folder = new URL('../../recorded/ipam/', import.meta.url)
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => ({
    name: file.replace('.xml', ''),
    action: file.replace(/^\d+-|\.xml$/g, ''),
    xml: readFileSync(new URL(file, folder), 'utf8'),
  }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const ask = (xml: string) => readRequest(['7'], base64(xml))
const message = (ar: string, address = '<SIZE>1</SIZE>') =>
  `<IPAM_DRIVER_ACTION_DATA><AR>${ar}</AR><ADDRESS>${address}</ADDRESS></IPAM_DRIVER_ACTION_DATA>`

function sentence(work: () => unknown): string {
  try {
    work()
    return 'no failure'
  } catch (error) {
    if (error instanceof Fault) return error.sentence
    throw error
  }
}

t.test('every recorded message gets the answer its action needs', async (t) => {
  t.equal(recorded.length, 24)
  for (const { name, action, xml } of recorded) {
    const request = ask(xml)
    t.equal(request.range['IPAM_MAD'], 'scaleway', name)
    if (action === 'register_address_range') {
      t.equal(registrable(request)['PROVISION_ID'], '42', name)
    }
    if (action === 'unregister_address_range')
      t.match(request.range['IP'], /^172\.\d+\.0\.\d+$/, name)
    if (action === 'get_address') {
      const answer = `ADDRESS = [\nIP = "${request.range['IP']}",\nSIZE = "1"\n]\n`
      t.equal(getAddress(request), answer, name)
    }
    if (action === 'allocate_address') t.equal(allocateAddress(request), '', name)
    if (action === 'free_address') t.equal(freeAddress(request), '', name)
  }
})

t.test('the one address asked for is taken, any other is refused', async (t) => {
  const range = '<IP>100.64.0.2</IP><SIZE>1</SIZE>'
  t.equal(allocateAddress(ask(message(range, '<IP>100.64.0.2</IP><SIZE>1</SIZE>'))), '')
  t.match(
    sentence(() => allocateAddress(ask(message(range, '<IP>100.64.0.3</IP><SIZE>1</SIZE>')))),
    /holds 100\.64\.0\.2 only, not 100\.64\.0\.3/,
  )
})

t.test('an address never held is freed all the same', async (t) => {
  t.equal(freeAddress(ask(message('', '<IP>1.2.3.4</IP><SIZE>1</SIZE>'))), '')
})

t.test('several addresses at once are refused with what to do instead', async (t) => {
  t.match(
    sentence(() => getAddress(ask(message('<IP>100.64.0.2</IP>', '<SIZE>4</SIZE>')))),
    /One address at a time, not 4 — Reserve/,
  )
  t.match(
    sentence(() => registrable(ask(message('<SIZE>4</SIZE><PROVISION_ID>1</PROVISION_ID>')))),
    /size 4 .* edgectl provision add-ip PROVISION --amount N/,
  )
})

t.test('a range that can never be registered is refused before anybody is asked', async (t) => {
  const provision = '<PROVISION_ID>1</PROVISION_ID>'
  const six = `${provision}<SCALEWAY_IP_TYPE>ipv6</SCALEWAY_IP_TYPE>`
  t.match(
    sentence(() => registrable(ask(message(six)))),
    /IPv6/,
  )
  t.match(
    sentence(() => registrable(ask(message(`${provision}<TYPE>IP6</TYPE>`)))),
    /IPv6/,
  )
  t.match(
    sentence(() => registrable(ask(message('<SIZE>1</SIZE>')))),
    /no PROVISION_ID/,
  )
})

t.test('an answer without what oned needs is never printed', async (t) => {
  const whole = {
    TYPE: 'IP4',
    IP: '100.64.0.0',
    SIZE: '1',
    IPAM_MAD: 'scaleway',
    EXTERNAL_IP: '195.154.0.1',
    GATEWAY: '100.64.0.1',
  }
  t.match(rangeAnswer(whole), /^AR = \[\nTYPE = "IP4",\nIP = "100\.64\.0\.0",/)
  for (const name of Object.keys(whole)) {
    t.match(
      sentence(() => rangeAnswer({ ...whole, [name]: '' })),
      `without ${name}`,
    )
  }
  t.match(rangeAnswer({ ...whole, NOTE: 'a "b" \\ c' }), /NOTE = "a \\"b\\" \\\\ c"/)
})

t.test('anything but one number and one line of base64 is refused', async (t) => {
  const good = base64(message('<IP>1.2.3.4</IP>'))
  t.equal(readRequest(['0'], `${good}\n`).range['IP'], '1.2.3.4', 'one line end is tolerated')
  const bad: [string, string[], string][] = [
    ['no argument', [], good],
    ['two arguments', ['1', '2'], good],
    ['a word', ['x'], good],
    ['nothing', ['1'], ''],
    ['two lines', ['1'], `${good}\n${good}\n`],
    ['clear text', ['1'], message('')],
    ['URL base64', ['1'], good.replace(/.{4}$/, 'ab-_')],
    ['not UTF-8', ['1'], Buffer.from([0xff, 0xfe, 0x00]).toString('base64')],
    ['no XML', ['1'], base64('hello')],
    ['cut XML', ['1'], base64(message('').slice(0, -9))],
    ['two documents', ['1'], base64(message('') + message(''))],
    ['other document', ['1'], base64('<VM><ID>1</ID></VM>')],
    ['two ranges', ['1'], base64(message('</AR><AR>'))],
  ]
  for (const [name, argv, input] of bad) {
    t.match(
      sentence(() => readRequest(argv, input)),
      /^This is no request of OpenNebula: /,
      name,
    )
  }
})

t.test('a network document is read for its id only', async (t) => {
  t.equal(readNetworkId(['3'], base64('<VNET><ID>12</ID><NAME>n</NAME></VNET>')), 12)
  t.match(
    sentence(() => readNetworkId(['3'], base64('<VNET/>'))),
    /not a VNET/,
  )
})

t.test('a damaged message is answered in full or refused in one sentence', async (t) => {
  const messages = recorded.map(({ xml }) => xml)
  const damaged = fc
    .tuple(
      fc.constantFrom(...messages),
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.string({ maxLength: 12 }),
    )
    .map(([xml, at, cut, put]) => {
      const place = at % xml.length
      return xml.slice(0, place) + put + xml.slice(place + cut)
    })
  fc.assert(
    fc.property(damaged, (xml) => {
      for (const act of [getAddress, allocateAddress, freeAddress]) {
        const said = sentence(() => {
          const answer = act(ask(xml))
          if (answer !== '' && !/^ADDRESS = \[\nIP = "[\d.]+",\nSIZE = "1"\n\]\n$/.test(answer)) {
            throw new Error(`half an answer: ${answer}`)
          }
        })
        if (said.includes('\n')) throw new Error(`more than one line: ${said}`)
      }
    }),
    { numRuns: 2_000, seed: 20_261_122 },
  )
  t.pass('2,000 damaged messages')
})
