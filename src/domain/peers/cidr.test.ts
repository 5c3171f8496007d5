import { isIP, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseCidr } from './cidr.ts';

const inside = (cidr: string, address: string) => {
  const parsed = parseAddress(address);
  return parsed && parseCidr(cidr)?.contains(parsed);
};

describe('parseCidr', () => {
  it.each([
    ['10.32.0.0/16', '10.32.0.0/16'],
    ['10.32.5.6/16', '10.32.0.0/16'],
    ['10.0.0.7', '10.0.0.7'],
    ['10.0.0.7/32', '10.0.0.7'],
    ['10.0.0.7/31', '10.0.0.6/31'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.7/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['fd00::/8', 'fd00::/8'],
    ['FDAB:0:0:1::7/8', 'fd00::/8'],
    ['fd00:0:0:0:0:0:0:7', 'fd00::7'],
    ['fd00::7/128', 'fd00::7'],
    ['2001:db8::ff/121', '2001:db8::80/121'],
    ['::', '::'],
    ['1::', '1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['64:ff9b::10.0.0.7', '64:ff9b::a00:7'],
  ])('%s is %s', (text, canonical) => {
    expect(parseCidr(text)?.text).toBe(canonical);
  });

  it.each([
    ['nothing', ''],
    ['a name', 'db'],
    ['three numbers', '10.0.0'],
    ['five numbers', '10.0.0.0.1'],
    ['a number above 255', '10.0.0.256'],
    ['a leading zero', '10.0.0.07'],
    ['a length above 32', '10.0.0.0/33'],
    ['a length above 128', 'fd00::/129'],
    ['an empty length', '10.0.0.0/'],
    ['a length with a leading zero', '10.0.0.0/08'],
    ['two lengths', '10.0.0.0/8/8'],
    ['a negative length', '10.0.0.0/-1'],
    ['a netmask', '10.0.0.0/255.0.0.0'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['a run of zeros that stands for none', '1:2:3:4::5:6:7:8'],
    ['two runs', '1::2::3'],
    ['three colons', ':::'],
    ['a single colon first', ':1:2:3:4:5:6:7'],
    ['five digits', 'fd000::'],
    ['a zone', 'fe80::1%eth0'],
    ['IPv4 in the midst', '1:2:3:10.0.0.7::'],
    ['IPv4 in the form of IPv6', '::ffff:10.0.0.7'],
    ['the same in hexadecimal', '::ffff:a00:7'],
    ['a space', ' 10.0.0.7'],
    ['two lines', '10.0.0.7\n10.0.0.8'],
  ])('takes no %s', (_name, text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe('contains', () => {
  it.each([
    ['10.32.0.0/16', '10.32.0.0', true],
    ['10.32.0.0/16', '10.32.255.255', true],
    ['10.32.0.0/16', '10.33.0.0', false],
    ['10.32.0.0/16', '10.31.255.255', false],
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '10.0.0.8', false],
    ['10.0.0.128/25', '10.0.0.127', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', 'fd00::7', false],
    ['::/0', '10.0.0.7', false],
    ['fd00::/8', 'fdff:ffff::1', true],
    ['fd00::/8', 'fe00::', false],
    ['2001:db8::80/121', '2001:db8::ff', true],
    ['2001:db8::80/121', '2001:db8::7f', false],
  ])('%s, %s: %s', (cidr, address, expected) => {
    expect(inside(cidr, address)).toBe(expected);
  });
});

describe('any address', () => {
  const v4 = fc.ipV4();
  const v6 = fc.ipV6().filter((text) => !/^(0{0,4}:){2,5}:?ffff:/i.test(text));
  const either = fc.oneof(v4, v6);

  it('is taken exactly where Node takes it, and its canonical text means the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(either, fc.string({ unit: fc.constantFrom(...'0123456789af:.'.split('')) })),
        (text) => {
          const parsed = parseAddress(text);
          if (parsed === undefined) {
            expect(isIP(text) === 0 || /^[0:]*:ffff:/i.test(text)).toBe(true);
            return;
          }
          expect(isIP(text)).toBe(parsed.family === 'ip' ? 4 : 6);
          const canonical = formatAddress(parsed);
          expect(parseAddress(canonical)).toEqual(parsed);
          if (isIPv4(text)) expect(canonical).toBe(text);
          else expect(`[${canonical}]`).toBe(new URL(`http://[${text}]/`).hostname);
        },
      ),
    );
  });

  it('lies in its own range of every length, whose text is the same range', () => {
    fc.assert(
      fc.property(either, fc.nat(128), (text, length) => {
        const address = parseAddress(text)!;
        const bits = Math.min(length, address.family === 'ip' ? 32 : 128);
        const range = parseCidr(`${text}/${bits}`)!;
        expect(range.contains(address)).toBe(true);
        expect(parseCidr(range.text)).toMatchObject({ text: range.text, bits });
        expect(parseCidr(range.text)!.contains(address)).toBe(true);
      }),
    );
  });
});
