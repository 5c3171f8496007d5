import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Change, type KubeObject, keyOf, Store } from './store.ts';

interface Item extends KubeObject {
  readonly node?: string;
}

function item(name: string, version: number | string, node = 'n1'): Item {
  return { metadata: { name, namespace: 'ns', resourceVersion: String(version) }, node };
}

function storeOf(...objects: Item[]) {
  const store = new Store<Item>({ indexes: { node: ({ node }) => (node ? [node] : []) } });
  store.replace(objects, '100');
  const changes: string[] = [];
  const text = (one: Item | undefined) => one?.metadata.resourceVersion ?? '-';
  store.subscribe(({ key, old, now }: Change<Item>) => {
    changes.push(`${key} ${text(old)}>${text(now)}`);
  });
  return { store, changes };
}

it('keys an object by namespace and name, a cluster-scoped one by its name', () => {
  expect(keyOf(item('a', 1))).toBe('ns/a');
  expect(keyOf({ metadata: { name: 'node-1' } })).toBe('node-1');
});

it('is synced from the first list on, also of an empty collection', () => {
  const store = new Store<Item>();
  expect(store.synced).toBe(false);
  store.apply(item('a', 1));
  expect(store.synced).toBe(false);
  store.replace([], '5');
  expect(store.synced).toBe(true);
  expect(store.size).toBe(0);
});

describe('what a subscriber is told', () => {
  const rows: { name: string; act: (store: Store<Item>) => void; told: string[] }[] = [
    { name: 'a creation', act: (s) => s.apply(item('b', 101)), told: ['ns/b ->101'] },
    { name: 'a change', act: (s) => s.apply(item('a', 101)), told: ['ns/a 50>101'] },
    {
      name: 'a deletion with its final object',
      act: (s) => s.delete(item('a', 101)),
      told: ['ns/a 101>-'],
    },
    { name: 'nothing of the same state again', act: (s) => s.apply(item('a', 50)), told: [] },
    { name: 'nothing of an older state', act: (s) => s.apply(item('a', 9)), told: [] },
    {
      name: 'nothing of a deletion of what is not there',
      act: (s) => s.delete(item('x', 101)),
      told: [],
    },
    {
      name: 'any other state, where versions are not numbers',
      act: (s) => s.apply(item('a', 'x9')),
      told: ['ns/a 50>x9'],
    },
    {
      name: 'the answer of our own write',
      act: (s) => s.upsert(item('a', 101)),
      told: ['ns/a 50>101'],
    },
    {
      name: 'our own write once, although the watch brings it too',
      act: (s) => {
        s.upsert(item('a', 101));
        s.apply(item('a', 101));
      },
      told: ['ns/a 50>101'],
    },
    {
      name: 'nothing of a late answer about what was deleted meanwhile',
      act: (s) => {
        s.delete(item('a', 103));
        s.upsert(item('a', 102));
      },
      told: ['ns/a 103>-'],
    },
    {
      name: 'nothing of a deletion when our own create has made the next of that name',
      act: (s) => {
        s.upsert(item('a', 104));
        s.delete(item('a', 103));
      },
      told: ['ns/a 50>104'],
    },
    {
      name: 'of a new list, what differs: gone, changed and new ones, not the others',
      act: (s) => {
        s.apply(item('same', 101));
        s.apply(item('gone', 102));
        s.replace([item('a', 150), item('same', 101), item('new', 160)], '200');
      },
      told: ['ns/same ->101', 'ns/gone ->102', 'ns/a 50>150', 'ns/new ->160', 'ns/gone 102>-'],
    },
    {
      name: 'of a new list, nothing that our own later writes contradict',
      act: (s) => {
        s.upsert(item('mine', 201));
        s.upsert(item('a', 202));
        s.replace([item('a', 50)], '200');
      },
      told: ['ns/mine ->201', 'ns/a 50>202'],
    },
    {
      name: 'of a list that is older than what was seen (a restored backup), all of it',
      act: (s) => {
        s.apply(item('b', 120));
        s.replace([item('a', 40)], '60');
      },
      told: ['ns/b ->120', 'ns/a 50>40', 'ns/b 120>-'],
    },
  ];
  it.each(rows)('$name', ({ act, told }) => {
    const { store, changes } = storeOf(item('a', 50));
    act(store);
    expect(changes).toEqual(told);
  });

  it('nothing after the end of the subscription', () => {
    const { store } = storeOf();
    const onChange = vi.fn();
    store.subscribe(onChange)();
    store.apply(item('a', 101));
    expect(onChange).not.toHaveBeenCalled();
  });

  it('everything, although another subscriber throws', () => {
    const onHandlerError = vi.fn();
    const store = new Store<Item>({ onHandlerError });
    const onChange = vi.fn();
    store.subscribe(() => {
      throw new Error('bug');
    });
    store.subscribe(onChange);
    store.apply(item('a', 1));
    expect(onChange).toHaveBeenCalledOnce();
    expect(onHandlerError).toHaveBeenCalledOnce();
  });
});

it('says whether it took the answer of a write', () => {
  const { store } = storeOf(item('a', 50));
  expect(store.upsert(item('a', 101))).toBe(true);
  expect(store.upsert(item('a', 101))).toBe(false);
  store.seen('300');
  expect(store.upsert(item('gone', 299))).toBe(false);
  expect(store.upsert(item('created', 301))).toBe(true);
});

describe('an index', () => {
  it('finds objects by value, follows their changes and forgets what is gone', () => {
    const { store } = storeOf(item('a', 50, 'n1'), item('b', 51, 'n1'));
    const names = (node: string) =>
      store.byIndex('node', node).map(({ metadata }) => metadata.name);
    expect(names('n1')).toEqual(['a', 'b']);
    store.apply(item('a', 101, 'n2'));
    expect(names('n1')).toEqual(['b']);
    expect(names('n2')).toEqual(['a']);
    store.delete(item('b', 102, 'n1'));
    expect(names('n1')).toEqual([]);
  });

  it('that was not declared is an error, not an empty answer', () => {
    expect(() => new Store<Item>().byIndex('node', 'n1')).toThrow(RangeError);
  });
});

it('ends with the newest state, in whatever order own writes and the watch arrive', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: fc.constantFrom('a', 'b'), gone: fc.boolean() }), {
        maxLength: 12,
      }),
      fc.infiniteStream(fc.nat(3)),
      (history, delays) => {
        const { store } = storeOf();
        // The watch tells all in order; the answer of each write arrives some events earlier or later.
        const events = history.map(({ name, gone }, i) => ({
          at: i * 4,
          gone,
          object: item(name, 101 + i),
        }));
        const arrivals = events.flatMap(({ at, gone, object }) => {
          const watch = { at, act: () => (gone ? store.delete(object) : store.apply(object)) };
          const delay = delays.next().value as number;
          const answer = { at: at + delay * 5 - 6, act: () => void store.upsert(object) };
          return gone ? [watch] : [watch, answer];
        });
        for (const { act } of arrivals.sort((a, b) => a.at - b.at)) act();
        for (const name of ['a', 'b']) {
          const last = events.findLast(({ object }) => object.metadata.name === name);
          const expected = last && !last.gone ? last.object : undefined;
          expect(store.get(`ns/${name}`)).toEqual(expected);
        }
      },
    ),
  );
});
