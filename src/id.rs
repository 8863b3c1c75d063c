//! Typed ids and arenas: a `u32` that cannot be mistaken for the id of something else.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The place of a `T` in its [`Arena`]. Four bytes.
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id of the element at `index`.
    #[inline(always)]
    pub const fn new(index: u32) -> Self {
        Id { index, of: PhantomData }
    }

    /// The place in the arena.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.index as usize
    }

    /// The place in the arena as the 32 bits that events carry.
    #[inline(always)]
    pub const fn raw(self) -> u32 {
        self.index
    }
}

impl<T> Clone for Id<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// A vector that is indexed by the typed id of its elements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arena<T> {
    items: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena { items: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Adds an element and returns its id.
    pub fn push(&mut self, item: T) -> Id<T> {
        let id = self.next_id();
        self.items.push(item);
        id
    }

    /// The id that the next [`Arena::push`] will return.
    pub fn next_id(&self) -> Id<T> {
        Id::new(u32::try_from(self.items.len()).expect("an arena holds fewer than 2^32 elements"))
    }

    /// How many elements there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All elements in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// All elements, mutable, in the order of their ids.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// All ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id<T>> + use<T> {
        (0..self.items.len() as u32).map(Id::new)
    }

    /// Ids and elements in order.
    pub fn enumerate(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        self.items.iter().enumerate().map(|(index, item)| (Id::new(index as u32), item))
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, id: Id<T>) -> &T {
        &self.items[id.index()]
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    #[inline(always)]
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<T> FromIterator<T> for Arena<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Arena { items: items.into_iter().collect() }
    }
}

/// From the ids of one kind to those of another, to be found at once.
pub struct Lookup<K, V> {
    to: Vec<u32>,
    of: PhantomData<fn(K) -> V>,
}

impl<K, V> Lookup<K, V> {
    const NONE: u32 = u32::MAX;

    /// Leads from `key` to `value` from now on.
    pub fn insert(&mut self, key: Id<K>, value: Id<V>) {
        if self.to.len() <= key.index() {
            self.to.resize(key.index() + 1, Self::NONE);
        }
        self.to[key.index()] = value.raw();
    }

    /// Where `key` leads to.
    #[inline]
    pub fn get(&self, key: Id<K>) -> Option<Id<V>> {
        self.to.get(key.index()).filter(|&&to| to != Self::NONE).map(|&to| Id::new(to))
    }
}

impl<K, V> Default for Lookup<K, V> {
    fn default() -> Self {
        Lookup { to: Vec::new(), of: PhantomData }
    }
}
impl<K, V> Clone for Lookup<K, V> {
    fn clone(&self) -> Self {
        Lookup { to: self.to.clone(), of: PhantomData }
    }
}
impl<K, V> fmt::Debug for Lookup<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.to).finish()
    }
}
