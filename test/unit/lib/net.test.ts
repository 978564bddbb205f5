import fc from 'fast-check'
import t from 'tap'
import { Value } from 'typebox/value'
import { Prefix } from '../../../lib/contract/index.ts'
import {
  addressOf,
  contains,
  formatCidr,
  formatCidr6,
  ipv4ToNumber,
  isIpv4,
  isIpv6,
  netmask,
  normalizeMac,
  numberToIpv4,
  overlaps,
  parseCidr,
  parseCidr6,
} from '../../../lib/net/index.ts'

t.test('every number up to 2³²-1 is an address and comes back from it', async (t) => {
  fc.assert(fc.property(fc.nat(0xffffffff), (value) => ipv4ToNumber(numberToIpv4(value)) === value))
  t.throws(() => numberToIpv4(2 ** 32), RangeError)
  t.throws(() => numberToIpv4(-1), RangeError)
})

t.test('only four plain decimal octets are an address', async (t) => {
  for (const text of ['1.2.3.4', '0.0.0.0', '255.255.255.255']) t.ok(isIpv4(text), text)
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.0x4',
    '1.2.3.4/24',
    ' 1.2.3.4',
  ]) {
    t.notOk(isIpv4(text), JSON.stringify(text))
  }
})

t.test('a prefix forgets host bits, but its address part does not', async (t) => {
  t.equal(formatCidr(parseCidr('10.1.2.3/22')), '10.1.0.0/22')
  t.equal(addressOf('10.1.2.3/22'), '10.1.2.3')
  t.equal(netmask(22), '255.255.252.0')
  t.equal(netmask(0), '0.0.0.0')
  t.equal(netmask(32), '255.255.255.255')
})

t.test('a malformed prefix is refused with the text that was given', async (t) => {
  for (const text of [
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0/8',
    '10.0.0.0/8/8',
    'x/8',
    '10.0.0.0/',
  ]) {
    t.throws(
      () => parseCidr(text),
      new TypeError(`"${text}" is not an IPv4 prefix like 10.0.0.0/22`),
    )
  }
})

t.test('two prefixes overlap exactly when one contains the other’s first address', async (t) => {
  const prefix = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 }))
  t.pass('checked for a hundred random pairs')
  fc.assert(
    fc.property(prefix, prefix, ([a, aBits], [b, bBits]) => {
      const left = parseCidr(`${numberToIpv4(a)}/${aBits}`)
      const right = parseCidr(`${numberToIpv4(b)}/${bBits}`)
      const one = contains(left, numberToIpv4(right.first))
      const other = contains(right, numberToIpv4(left.first))
      return overlaps(left, right) === (one || other)
    }),
  )
})

t.test('a MAC as Scaleway writes it becomes one as the kernel writes it', async (t) => {
  t.equal(normalizeMac(' 02:00:5E:00:01:01 '), '02:00:5e:00:01:01')
  t.throws(() => normalizeMac('02:00:5e:00:01'), TypeError)
})

t.test('an IPv6 prefix forgets host bits and takes the form of RFC 5952', async (t) => {
  for (const [text, form] of [
    ['2001:DB8:0:0:1:0:0:5/64', '2001:db8::/64'],
    ['2001:db8:0:0:1::/80', '2001:db8:0:0:1::/80'],
    ['::/0', '::/0'],
    ['fe80::1/128', 'fe80::1/128'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
  ] as const) {
    t.equal(formatCidr6(parseCidr6(text)), form)
  }
  const { first, last } = parseCidr6('2001:db8::/127')
  t.equal(last - first, 1n)
  for (const text of ['2001:db8::', '::/129', '::1.2.3.4/128', 'fe80::1%eth0/64', ':::/8', 'x/8']) {
    t.throws(() => parseCidr6(text), TypeError, text)
  }
})

t.test("the contract's pattern and the parser agree on what a prefix is", async () => {
  const piece = fc.constantFrom(':', '::', '0', 'a1', 'ffff', '12345', 'g', '.', '1.2.3.4')
  const text = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), text), fc.nat(140), (address, bits) => {
      const valid = (isIpv6(address) && bits <= 128) || (isIpv4(address) && bits <= 32)
      return Value.Check(Prefix, `${address}/${bits}`) === valid
    }),
    { numRuns: 2000 },
  )
})
