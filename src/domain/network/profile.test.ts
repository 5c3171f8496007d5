import { describe, expect, it } from 'vitest';
import { profileFaults } from './profile.ts';

const faultsOf = (duration: string, ...times: string[]) =>
  profileFaults({ duration, profile: times.map((at) => ({ at, lossPercentage: 5 })) }).map(
    ({ field, message }) => `${field}: ${message}`,
  );

describe('profileFaults', () => {
  it.each<[string, string, string[]]>([
    ['no profile', '30s', []],
    ['a step at the very beginning', '30s', ['0s']],
    ['steps that go up, in different units', '1h', ['500ms', '1s', '1m30s', '59m59s999ms']],
    ['a duration that cannot be read, which is told of elsewhere', 'soon', ['1s']],
  ])('has nothing against %s', (_name, duration, times) => {
    expect(faultsOf(duration, ...times)).toEqual([]);
  });

  it.each<[string, string[], string[]]>([
    [
      'two steps at one time, in different units',
      ['1s', '1000ms'],
      [
        'spec.profile[1].at: 1000ms is not after the step before it: takes a time above 1s, as steps are in the order of their times',
      ],
    ],
    [
      'a step before the one that it follows',
      ['5s', '1s', '6s'],
      [
        'spec.profile[1].at: 1s is not after the step before it: takes a time above 5s, as steps are in the order of their times',
      ],
    ],
    [
      'steps when the run is over',
      ['1s', '30s', '31s'],
      [
        'spec.profile[1].at: 30s is when the run is over or later: takes a time below spec.duration 30s',
        'spec.profile[2].at: 31s is when the run is over or later: takes a time below spec.duration 30s',
      ],
    ],
    [
      'a time that is none',
      ['later', '1s'],
      ['spec.profile[0].at: "later" is not a time since the fault began, such as 0s or 1m30s'],
    ],
  ])('tells of %s', (_name, times, said) => {
    expect(faultsOf('30s', ...times)).toEqual(said);
  });
});
