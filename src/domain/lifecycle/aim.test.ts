import { describe, expect, it } from 'vitest';
import type { ResolvedPeers } from '../peers/resolve.ts';
import { aimless } from './aim.ts';

const found: ResolvedPeers = { lines: [], unresolved: [], partial: [], addresses: 0 };

describe('aimless', () => {
  it('finds nothing wrong where the fault is aimed at everybody', () => {
    expect(aimless(undefined)).toBeUndefined();
  });

  it('finds nothing wrong where all peers were found', () => {
    expect(aimless(found)).toBeUndefined();
  });

  it('names every peer that was not found', () => {
    const unresolved = [
      { field: 'spec.peers[0].service', message: 'is not there' },
      { field: 'spec.exceptPeers[0].pods', message: 'match none' },
    ];
    expect(aimless({ ...found, unresolved })).toEqual({
      reason: 'PeersUnresolved',
      message: 'spec.peers[0].service: is not there; spec.exceptPeers[0].pods: match none',
    });
  });

  it('says when they are too many', () => {
    const tooMany = { field: 'spec.peers', message: 'come to 9000 addresses' };
    expect(aimless({ ...found, tooMany })).toEqual({
      reason: 'TooManyPeers',
      message: 'spec.peers: come to 9000 addresses',
    });
  });
});
