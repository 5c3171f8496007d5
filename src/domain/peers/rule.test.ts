import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlyVersionHit, type PeerRule, ruleLines } from './rule.ts';

const rule = (parts: Partial<PeerRule>): PeerRule => ({
  verdict: 'hit',
  family: 'ip',
  protocol: 'any',
  address: '10.0.0.7',
  ...parts,
});
const port = (first: number, last = first) => ({ first, last });

describe('ruleLines', () => {
  it.each<[string, readonly Partial<PeerRule>[], readonly string[]]>([
    ['nothing of nothing', [], []],
    ['all traffic with one address', [{}], ['hit ip any - - 10.0.0.7']],
    [
      'addresses of one kind in one line, in order and once each',
      [{ address: '10.0.0.9' }, {}, { address: '10.0.0.9' }, { address: '10.0.0.8/31' }],
      ['hit ip any - - 10.0.0.7 10.0.0.8/31 10.0.0.9'],
    ],
    [
      'kinds apart: families, verdicts and ports',
      [
        { family: 'ipv6', address: 'fd00::7' },
        { verdict: 'pass' },
        { protocol: 'tcp', peer: port(443) },
        { protocol: 'tcp', local: port(443) },
        { protocol: 'udp', peer: port(7000, 7010), local: port(53) },
      ],
      [
        'hit ip tcp - 443 10.0.0.7',
        'hit ip tcp 443 - 10.0.0.7',
        'hit ip udp 7000-7010 53 10.0.0.7',
        'hit ipv6 any - - fd00::7',
        'pass ip any - - 10.0.0.7',
      ],
    ],
    [
      'everybody, names and gateways',
      [
        { family: 'any', protocol: 'tcp', peer: port(443), address: '-' },
        { family: 'host', address: 'db.example.com' },
        { verdict: 'pass', family: 'gateway', address: '-' },
      ],
      ['hit any tcp 443 - -', 'hit host any - - db.example.com', 'pass gateway any - - -'],
    ],
    [
      'a port of tcp once where the same port of all protocols is named',
      [
        { protocol: 'tcp', peer: port(53) },
        { protocol: 'l4', peer: port(53) },
        { protocol: 'udp', peer: port(53), address: '10.0.0.8' },
      ],
      ['hit ip l4 53 - 10.0.0.7', 'hit ip udp 53 - 10.0.0.8'],
    ],
    [
      'a prefix of length 0 once where everybody is named',
      [
        { protocol: 'tcp', peer: port(53), address: '0.0.0.0/0' },
        { protocol: 'tcp', peer: port(53), address: '-', family: 'any' },
      ],
      ['hit any tcp 53 - -'],
    ],
    [
      'what is left of one that is known in part',
      [
        { protocol: 'l4', peer: port(53), address: '0.0.0.0/0' },
        { protocol: 'tcp', peer: port(53), address: '-', family: 'any' },
      ],
      ['hit ip l4 53 - 0.0.0.0/0', 'hit ipv6 tcp 53 - ::/0'],
    ],
  ])('says %s', (_name, rules, lines) => {
    expect(ruleLines(rules.map(rule))).toEqual(lines);
  });
});

/** What the kernel has in the end: a filter for each address, family and protocol. */
function filtersOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [verdict, family = '', protocol = '', peer, local, ...addresses] = line.split(' ');
    const protocols = protocol === 'l4' ? ['tcp', 'udp', 'sctp'] : [protocol];
    const families = family === 'any' ? ['ip', 'ipv6'] : [family];
    return addresses.flatMap((address) =>
      protocols.flatMap((proto) =>
        families.map((one) => {
          const whom = address !== '-' ? address : one === 'ip' ? '0.0.0.0/0' : '::/0';
          return [verdict, one, proto, peer, local, whom].join(' ');
        }),
      ),
    );
  });
}

describe('the version of IP of all packets that are hit', () => {
  it.each([
    ['none without rules', [], undefined],
    ['none where nothing is hit', ['pass ip any - - 10.0.0.7'], undefined],
    ['4', ['hit ip tcp - - 10.0.0.7', 'hit ip udp - - 10.0.0.7', 'pass ipv6 any - - fd00::7'], 4],
    ['6', ['hit ipv6 any - - fd00::7'], 6],
    ['none of both', ['hit ip any - - 10.0.0.7', 'hit ipv6 any - - fd00::7'], undefined],
    ['none of everybody', ['hit any tcp 80 - -'], undefined],
    ['none of a name', ['hit host any - - db.example'], undefined],
  ])('is %s', (_, lines, version) => {
    expect(onlyVersionHit(lines)).toBe(version);
  });
});

describe('any rules', () => {
  const ports = fc.constantFrom(undefined, port(53), port(50, 60));
  const some = fc.array(
    fc
      .record({
        verdict: fc.constantFrom('hit' as const, 'pass' as const),
        family: fc.constantFrom('ip' as const, 'ipv6' as const, 'any' as const),
        protocol: fc.constantFrom('l4' as const, 'tcp' as const, 'udp' as const),
        peer: ports,
        local: ports,
        one: fc.boolean(),
      })
      .map(({ one, peer, local, family, ...rest }): PeerRule => {
        const address = {
          ip: one ? '10.0.0.7' : '0.0.0.0/0',
          ipv6: one ? 'fd00::7' : '::/0',
          any: '-',
        }[family];
        return { ...rest, family, address, ...(peer && { peer }), ...(local && { local }) };
      }),
    { maxLength: 12 },
  );

  it('come to each filter once, to all of them, and to the same lines in whatever order', () => {
    fc.assert(
      fc.property(some, (rules) => {
        const lines = ruleLines(rules);
        const filters = filtersOf(lines);
        expect(new Set(filters).size).toBe(filters.length);
        const wanted = rules.flatMap((one) => filtersOf(ruleLines([one])));
        expect(new Set(filters)).toEqual(new Set(wanted));
        expect(ruleLines(rules.toReversed())).toEqual(lines);
      }),
      { numRuns: 300 },
    );
  });
});
